using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Decoding.Views;
using MammutScale.DataLoader.Video.Containers;
using MammutScale.DataLoader.Video.Playback;

namespace MammutScale.DataLoader.Video;

/// <summary>
/// Encoded clip in, normalised float frames [T, 3, S, S] out, written straight into the caller's memory. Only the frames that are
/// chosen become pixels, and all of them are cropped, mirrored and coloured alike. Keeps its scratch: one for every decoding thread.
/// </summary>
/// <param name="picture">What is shown of a frame.</param>
/// <param name="options">Which frames.</param>
public sealed class ClipDecoder(PictureOptions picture, ClipOptions options) : IDisposable
{
    /// <summary>A clip that plays for less than this share of its length was cut. Containers round, and sound may outlast pictures.</summary>
    private const double Played = 0.9;

    /// <summary>A jump costs decoding from the key frame on: taken when it leaves out at least so many frames.</summary>
    private const int WorthAJump = 48;

    /// <summary>Seconds of a frame where nothing tells.</summary>
    private const double UnknownFrame = 0.04;

    private readonly PictureCanvas _canvas = new(picture);
    private readonly ClipPlayer _player = new();
    private readonly long[] _chosen = new long[options.Frames];

    /// <summary>Decodes one clip.</summary>
    /// <param name="encoded">The bytes of the file.</param>
    /// <param name="sampleKey">Key of (seed, epoch, sample): decides the frames, the view and the colours.</param>
    /// <param name="frames">T × 3 × S × S floats, frames in their order. Undefined after a fault.</param>
    public ClipResult Decode(ReadOnlySpan<byte> encoded, ulong sampleKey, Span<float> frames)
    {
        if (frames.Length != options.Frames * picture.FloatsPerPicture)
            throw new ArgumentException($"the clip needs {options.Frames * picture.FloatsPerPicture} floats, the span has {frames.Length}", nameof(frames));
        var fault = Open(encoded, out var header, out var pace);
        if (fault == ClipFault.None)
        {
            options.Sampling.Choose(pace.Frames, sampleKey, _chosen);
            fault = Show(pace, header, sampleKey, frames, double.MaxValue);
        }
        _player.Close();
        return new(fault, header);
    }

    /// <summary>Plays a clip to its end without keeping anything: a good one has all of its frames.</summary>
    public ClipResult Watch(ReadOnlySpan<byte> encoded)
    {
        var fault = Open(encoded, out var header, out var pace);
        if (fault == ClipFault.None)
        {
            long seen = 1;
            if (_player.Pixels() is null) fault = ClipFault.Corrupt;
            while (_player.Grab()) seen++;
            if (fault == ClipFault.None && !IsWhole(_player.Time, pace)) fault = ClipFault.Truncated;
            if (fault == ClipFault.None && seen < Played * pace.Frames) fault = ClipFault.Corrupt;
        }
        _player.Close();
        return new(fault, header);
    }

    public void Dispose() => _player.Dispose();

    private ClipFault Open(ReadOnlySpan<byte> encoded, out ClipHeader header, out Pace pace)
    {
        pace = default;
        header = default;
        if (encoded.IsEmpty) return ClipFault.Empty;
        header = ClipHeaderReader.Read(encoded);
        if (header.Format == ClipFormat.Unknown) return ClipFault.NotAClip;
        if (!header.Complete) return ClipFault.Truncated;
        if (header.Damaged) return ClipFault.Corrupt;
        if (!header.HasPictures) return ClipFault.NoPictures;
        if (header.Frames == 0) return ClipFault.NoFrames;
        if (!options.Limits.Allow(header.Width, header.Height)) return ClipFault.TooLarge;
        if (!_player.Open(encoded)) return ClipFault.Undecodable;
        long frames = Math.Max(1, header.Frames ?? _player.Frames);
        double seconds = header.Seconds > 0 ? header.Seconds : _player.Seconds;
        pace = new(frames, seconds > 0 ? seconds : frames * UnknownFrame);
        return ClipFault.None;
    }

    /// <param name="end">Time of the last frame, once it is known that the clip ends before its announced end.</param>
    private ClipFault Show(Pace pace, ClipHeader header, ulong sampleKey, Span<float> frames, double end)
    {
        int floats = picture.FloatsPerPicture;
        double jump = header.KeyFrames > 0 ? Math.Max(WorthAJump, 2.0 * pace.Frames / header.KeyFrames) * pace.Frame : double.MaxValue;
        PictureView view = default;
        (int Width, int Height) size = default;
        double shown = double.NaN;
        for (int i = 0; i < _chosen.Length; i++)
        {
            double after = Math.Min(pace.After(_chosen[i]), end - (pace.Frame / 2));
            if (after - _player.Time > jump && !Jump(after, ref jump)) return ClipFault.Corrupt;
            while (_player.Time <= after)
            {
                double last = _player.Time;
                if (_player.Grab()) continue;
                if (!IsWhole(last, pace) || last >= end) return ClipFault.Truncated;
                // It ends a little earlier than it says: what was chosen behind its end shows its last frame.
                return _player.Restart() ? Show(pace, header with { KeyFrames = 0 }, sampleKey, frames, last) : ClipFault.Corrupt;
            }
            var planes = frames.Slice(i * floats, floats);
            if (_player.Time == shown)
            {
                frames.Slice((i - 1) * floats, floats).CopyTo(planes);
                continue;
            }
            if (_player.Pixels() is not { } pixels) return ClipFault.Corrupt;
            if (!options.Limits.Allow(pixels.Width, pixels.Height)) return ClipFault.TooLarge;
            if (size != (pixels.Width, pixels.Height)) view = _canvas.ViewOf(pixels.Width, pixels.Height, sampleKey);
            (size, shown) = ((pixels.Width, pixels.Height), _player.Time);
            _canvas.Show(pixels, view, 1, sampleKey, planes);
        }
        return ClipFault.None;
    }

    /// <summary>Goes near a time; where the container's times mislead, frame by frame from the start.</summary>
    private bool Jump(double seconds, ref double jump)
    {
        if (_player.Seek(seconds)) return true;
        jump = double.MaxValue;
        return _player.Restart();
    }

    private static bool IsWhole(double last, Pace pace) => last + (2 * pace.Frame) >= Played * pace.Seconds;

    /// <summary>How many frames a clip has, and how long it is.</summary>
    private readonly record struct Pace(long Frames, double Seconds)
    {
        /// <summary>Seconds of a frame, on average.</summary>
        internal double Frame => Seconds / Frames;

        /// <summary>
        /// The frame with a number is the first that begins after this time. With an even pace that is exactly it; with an uneven
        /// one it is that of an even pace through the same time.
        /// </summary>
        internal double After(long number) => (number - 0.5) * Frame;
    }
}
