using OpenCvSharp;

namespace MammutScale.DataLoader.Inspection.Verifying;

/// <summary>Decodes every frame of a clip. A clip that stops well before the end it announces was cut.</summary>
internal sealed class ClipCheck : IMediaCheck
{
    private const double Played = 0.9;

    private readonly string _file = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"mammut-verify-{Guid.NewGuid():N}");

    public string? Fault(ReadOnlyMemory<byte> media)
    {
        // the decoder reads files only
        using (var file = new FileStream(_file, FileMode.Create, FileAccess.Write))
            file.Write(media.Span);
        try
        {
            using var clip = new VideoCapture();
            if (!clip.Open(_file, VideoCaptureAPIs.FFMPEG))
                return "not a clip that can be opened";
            return Watch(clip);
        }
        catch (OpenCVException)
        {
            return "damaged clip";
        }
    }

    public void Dispose() => File.Delete(_file);

    private static string? Watch(VideoCapture clip)
    {
        var frames = 0;
        double last = 0;
        while (clip.Grab())
        {
            frames++;
            last = Math.Max(last, clip.PosMsec);
        }

        if (frames == 0)
            return "a clip without frames";
        if (clip.Fps <= 0)
            return null;
        var frame = 1000 / clip.Fps;
        return last + (2 * frame) < Played * clip.FrameCount * frame ? "truncated clip" : null;
    }
}
