using System.Buffers;
using MammutScale.DataLoader.Pipeline;
using MammutScale.DataLoader.Planning;
using MammutScale.Model;

namespace MammutScale.Training.Benchmarks;

/// <summary>Batches of noise with full-length captions, for measuring steps.</summary>
internal static class SyntheticBatch
{
    private const long Bos = 1;
    private const long Eos = 2;

    public static Batch Create(MammutConfig config, long step, int count, int rank = 0, int frames = 1)
    {
        var random = new Random((int)(step * 31 + rank));
        var (size, length) = (config.Vision.ImageSize, config.Text.ContextLength);
        var images = new PlainOwner<float>(new float[count * frames * 3 * size * size]);
        var tokens = new PlainOwner<long>(new long[count * length]);
        foreach (ref var pixel in images.Memory.Span) pixel = (float)(random.NextDouble() * 2 - 1);
        for (var i = 0; i < count * length; i++)
            tokens.Memory.Span[i] = (i % length) switch { 0 => Bos, var t when t == length - 1 => Eos, _ => random.Next(3, config.Text.VocabSize) };
        var lengths = new int[count];
        Array.Fill(lengths, length);
        return new Batch(step, count, size, length, images, tokens, lengths, [.. Enumerable.Range(0, count).Select(i => new SampleId(0, (int)step, i))], frames);
    }

    private sealed class PlainOwner<T>(T[] values) : IMemoryOwner<T>
    {
        public Memory<T> Memory => values;

        public void Dispose()
        {
        }
    }
}
