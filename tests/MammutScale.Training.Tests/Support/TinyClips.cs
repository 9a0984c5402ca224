using MammutScale.DataLoader.Pipeline;
using MammutScale.DataLoader.Planning;
using MammutScale.Training.Configuration;

namespace MammutScale.Training.Tests.Support;

/// <summary><see cref="TinyRun"/> with clips: pictures, clips of three and of four frames, mixed by sample.</summary>
internal static class TinyClips
{
    public const int Frames = 4;
    private const int Pixels = 3 * TinyRun.ImageSize * TinyRun.ImageSize;

    public static RunFile File(params string[] overrides) => TinyRun.File(
        ["model.video={patch_stride: 2, tubes: [{size: [2, 4, 4], stride: [2, 4, 4]}, {size: [3, 8, 8], stride: [1, 8, 8]}]}", $"data.video.frames={Frames}", .. overrides]);

    /// <summary>A third of the samples each.</summary>
    public static Batch Mixed(long step, int first, int count) => Of(step, first, count, sample => ((sample * 7) % 3) switch { 0 => Frames, 1 => 1, _ => 3 });

    public static Batch Stills(long step, int first, int count) => Of(step, first, count, _ => 1);

    /// <summary><see cref="TinyRun.Batch"/> with later frames; a picture is the same as there, and what lies behind its frame is no number.</summary>
    public static Batch Of(long step, int first, int count, Func<int, int> frames)
    {
        using var stills = TinyRun.Batch(step, first, count);
        var images = new float[count * Frames * Pixels];
        Array.Fill(images, float.NaN);
        int[] counts = [.. Enumerable.Range(first, count).Select(frames)];
        for (var i = 0; i < count; i++)
        {
            for (var frame = 0; frame < counts[i]; frame++)
            {
                for (var p = 0; p < Pixels; p++)
                    images[(((i * Frames) + frame) * Pixels) + p] = stills.Images.Span[(i * Pixels) + ((p + (3 * frame)) % Pixels)];
            }
        }

        return new Batch(step, count, TinyRun.ImageSize, TinyRun.ContextLength, new TinyRun.Held<float>(images), new TinyRun.Held<long>(stills.Tokens.ToArray()), stills.Lengths, stills.Samples, Frames, counts);
    }

    /// <summary>Samples of one epoch of <see cref="Moving"/>.</summary>
    public const int Motions = 8;

    /// <summary>
    /// A stripe on one of four backgrounds goes to the right or to the left, beginning anywhere and coming back on the other side:
    /// every clip of a background has the same four frames, and frames 0 and 2 are a pair that both directions have. The caption
    /// names background and direction.
    /// </summary>
    public static Batch Moving(long step, int first, int count)
    {
        var images = new float[count * Frames * Pixels];
        var tokens = new long[count * TinyRun.ContextLength];
        var samples = new SampleId[count];
        for (var i = 0; i < count; i++)
        {
            var motion = (first + i) % Motions;
            var (ground, right) = (motion / 2, motion % 2 == 0);
            var phase = new Random((int)((step * 100_003) + first + i)).Next(4);
            for (var frame = 0; frame < Frames; frame++)
                Paint(images.AsSpan(((i * Frames) + frame) * Pixels, Pixels), ground, (phase + (right ? frame : Frames - frame)) % 4);
            ((long[])[1, 3 + ground, right ? 10 : 11, 2]).CopyTo(tokens, i * TinyRun.ContextLength);
            samples[i] = new SampleId(0, 0, motion);
        }

        int[] lengths = [.. Enumerable.Repeat(4, count)];
        return new Batch(step, count, TinyRun.ImageSize, TinyRun.ContextLength, new TinyRun.Held<float>(images), new TinyRun.Held<long>(tokens), lengths, samples, Frames);
    }

    private static void Paint(Span<float> frame, int ground, int place)
    {
        for (var p = 0; p < Pixels; p++)
        {
            var (channel, x) = (p / (TinyRun.ImageSize * TinyRun.ImageSize), p % TinyRun.ImageSize);
            frame[p] = x / 2 == place ? 2 : MathF.Sin((ground + 1) * (channel + 1));
        }
    }
}
