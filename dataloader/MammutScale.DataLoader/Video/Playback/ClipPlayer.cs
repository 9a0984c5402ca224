using OpenCvSharp;

namespace MammutScale.DataLoader.Video.Playback;

/// <summary>
/// Plays encoded clips frame by frame (OpenCV's FFmpeg, one thread). A frame's colours are only worked out when they are asked
/// for. Keeps its memory; one for every decoding thread.
/// </summary>
internal sealed class ClipPlayer : IDisposable
{
    /// <summary>CAP_PROP_N_THREADS, which has no name in the binding.</summary>
    private const int DecoderThreads = 70;

    private readonly MemoryFile _file = new("mammut-clip");
    private readonly Mat _frame = new();
    private VideoCapture? _capture;
    private double _first;

    // FFmpeg writes a line for every damaged block to standard error; the row's verdict is ours to tell.
    static ClipPlayer() => _ = NativeMethods.SetEnvironment("OPENCV_FFMPEG_LOGLEVEL", "-8", overwrite: 0);

    /// <summary>Seconds from the first frame to the one that was grabbed last.</summary>
    internal double Time { get; private set; }

    /// <summary>Frames as FFmpeg counts or estimates them.</summary>
    internal long Frames => Math.Max(0, _capture?.FrameCount ?? 0);

    /// <summary>Length as FFmpeg counts or estimates it; 0 when it cannot.</summary>
    internal double Seconds => _capture is { Fps: > 0 } capture ? Math.Max(0, capture.FrameCount / capture.Fps) : 0;

    /// <summary>Opens a clip and grabs its first frame.</summary>
    /// <returns>False when there is none that can be decoded.</returns>
    internal bool Open(ReadOnlySpan<byte> clip)
    {
        _file.Write(clip);
        return Restart();
    }

    /// <summary>Goes back to the first frame.</summary>
    internal bool Restart()
    {
        Close();
        try
        {
            _capture = new VideoCapture(_file.Path, VideoCaptureAPIs.FFMPEG, [DecoderThreads, 1, (int)VideoCaptureProperties.HwAcceleration, 0]);
            if (!_capture.IsOpened() || !_capture.Grab()) return false;
        }
        catch (OpenCVException)
        {
            return false;
        }
        (_first, Time) = (_capture.PosMsec, 0);
        return true;
    }

    /// <summary>Goes on to the next frame.</summary>
    /// <returns>False at the end, or where nothing more can be decoded.</returns>
    internal bool Grab()
    {
        try
        {
            if (!_capture!.Grab()) return false;
        }
        catch (OpenCVException)
        {
            return false;
        }
        ReadTime();
        return true;
    }

    /// <summary>Goes to a frame at or before a time, by way of the key frame before it.</summary>
    /// <returns>False when it went elsewhere: the place is undefined then.</returns>
    internal bool Seek(double seconds)
    {
        try
        {
            if (!_capture!.Set(VideoCaptureProperties.PosMsec, seconds * 1000)) return false;
        }
        catch (OpenCVException)
        {
            return false;
        }
        ReadTime();
        return Time <= seconds;
    }

    /// <summary>The pixels of the frame that was grabbed last: 8-bit BGR, upright. Valid until the next call.</summary>
    internal Mat? Pixels()
    {
        try
        {
            return _capture!.Retrieve(_frame) && !_frame.Empty() && _frame.Type() == MatType.CV_8UC3 ? _frame : null;
        }
        catch (OpenCVException)
        {
            return null;
        }
    }

    internal void Close()
    {
        _capture?.Dispose();
        _capture = null;
    }

    public void Dispose()
    {
        Close();
        _frame.Dispose();
        _file.Dispose();
    }

    private void ReadTime() => Time = (_capture!.PosMsec - _first) / 1000;
}
