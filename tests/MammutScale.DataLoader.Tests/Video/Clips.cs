using System.Collections.Concurrent;
using System.Diagnostics;

namespace MammutScale.DataLoader.Tests.Video;

/// <summary>
/// Clips made by ffmpeg, each once. Every frame tells its number by two plain areas: left number mod 40, right number / 40, five
/// grey levels a step.
/// </summary>
internal static class Clips
{
    internal const int Width = 64, Height = 48;

    private const int Digits = 40, Step = 5, Lowest = 20;

    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> Made = [];

    private const string H264 = "-c:v libx264 -preset ultrafast -qp 4 -pix_fmt yuv420p";

    /// <summary>100 frames at 25 a second, B-frames, a key frame every 30, with sound, its index at the end.</summary>
    internal static byte[] Plain => Make("mp4", Source(100), $"{Sound(4)} {H264} -preset veryfast -bf 2 -g 30 -c:a aac");

    /// <summary>The index before the pictures, as the web wants it.</summary>
    internal static byte[] Silent => Make("mp4", Source(100), $"{H264} -movflags +faststart");

    internal static byte[] Fragmented => Make("mp4", Source(100), $"{H264} -g 25 -movflags frag_keyframe+empty_moov+default_base_moof");

    internal static byte[] Webm => Make("webm", Source(60), $"{Sound(2.4)} -c:v libvpx-vp9 -crf 4 -b:v 0 -deadline realtime -cpu-used 8 -c:a libopus");

    /// <summary>A recording whose length was not known while it was written.</summary>
    internal static byte[] LiveWebm => Make("webm", Source(60), "-c:v libvpx -crf 4 -b:v 2M -deadline realtime -cpu-used 8 -live 1 -f webm");

    /// <summary>800 frames, a key frame every 50.</summary>
    internal static byte[] Long => Make("mp4", Source(800), $"{H264} -preset veryfast -bf 2 -g 50");

    /// <summary>Frames 0 … 9 and 60 … 99 at the times of the plain clip, so 9 stands still for two seconds.</summary>
    internal static byte[] Uneven => Make("mp4", Source(100), $"-vf select='not(between(n\\,10\\,59))' -vsync vfr {H264}");

    /// <summary>Stored lying on its side, shown 48 wide and 64 high.</summary>
    internal static byte[] Rotated => Make("mp4", Source(25), $"{H264}", "-metadata:s:v rotate=90");

    /// <summary>Frames 30 … 69 of the plain clip, by an edit list over all of its pictures from a key frame on.</summary>
    internal static byte[] Trimmed => Make("mp4", Source(100), $"{H264} -g 25", "-ss 1.2 -t 1.6");

    internal static byte[] SoundOnly => Make("mp4", "-f lavfi -i sine=duration=1", "-c:a aac");

    /// <summary>A container with a stream of pictures that has none.</summary>
    internal static byte[] NoFrames => Make("mp4", Source(1), $"{H264} -movflags frag_keyframe+empty_moov -frames:v 0");

    internal static byte[] OneFrame => Make("mp4", Source(1), H264);

    internal static byte[] OneFrameWebm => Make("webm", Source(1), "-c:v libvpx -crf 4 -b:v 2M");

    /// <summary>A clip with another length for each number.</summary>
    internal static byte[] Of(int frames) => Make("mp4", Source(frames), H264);

    /// <summary>The number that a frame of RGB planes in 0 … 1 tells; -1 when it tells none.</summary>
    internal static int Number(ReadOnlySpan<float> planes, int size)
    {
        int row = size / 2 * size;
        double left = Digit(planes[row + (size / 4)]), right = Digit(planes[row + (size * 3 / 4)]);
        return left < 0 || right < 0 ? -1 : (int)((right * Digits) + left);
    }

    private static double Digit(float grey)
    {
        // studio range: 16 … 235
        double level = ((grey * 219) + 16 - Lowest) / Step, digit = Math.Round(level);
        return Math.Abs(level - digit) < 0.4 ? digit : -1;
    }

    private static string Source(int frames) => FormattableString.Invariant(
        $"-f lavfi -i nullsrc=size={Width}x{Height}:rate=25:duration={frames / 25.0},geq=lum='{Lowest}+{Step}*if(lt(X\\,W/2)\\,mod(N\\,{Digits})\\,floor(N/{Digits}))':cb=128:cr=128");

    private static string Sound(double seconds) => FormattableString.Invariant($"-f lavfi -i sine=duration={seconds} -map 0:v -map 1:a");

    /// <param name="remux">With it, a second run copies the first one's streams.</param>
    private static byte[] Make(string ending, string input, string output, string? remux = null) =>
        Made.GetOrAdd($"{input} {output} {remux} {ending}", _ => new(() => Encode(ending, input, output, remux))).Value;

    private static byte[] Encode(string ending, string input, string output, string? remux)
    {
        string folder = Directory.CreateTempSubdirectory("mammut-clips-").FullName;
        try
        {
            string path = Path.Combine(folder, $"clip.{ending}");
            Run($"{input} {output} {path}");
            if (remux is not null)
            {
                string again = Path.Combine(folder, $"again.{ending}");
                Run(remux.StartsWith("-ss", StringComparison.Ordinal) ? $"{remux} -i {path} -c copy {again}" : $"-i {path} -c copy {remux} {again}");
                path = again;
            }
            return File.ReadAllBytes(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Run(string arguments)
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, "ffmpeg")))) Assert.Skip("ffmpeg is not installed");
        var start = new ProcessStartInfo("ffmpeg", $"-y -nostdin -v error -threads 1 {arguments}") { RedirectStandardError = true };
        using var ffmpeg = Process.Start(start)!;
        string said = ffmpeg.StandardError.ReadToEnd();
        ffmpeg.WaitForExit();
        if (ffmpeg.ExitCode != 0) throw new InvalidOperationException($"ffmpeg {arguments}: {said}");
    }
}
