using System.Buffers;
using MammutScale.DataLoader.Pipeline;
using MammutScale.DataLoader.Planning;
using MammutScale.Model;
using MammutScale.Training.Configuration;
using MammutScale.Training.Devices;
using MammutScale.Training.Replicas;

namespace MammutScale.Training.Tests.Support;

/// <summary>A model and data small enough for hundreds of steps in a test.</summary>
internal static class TinyRun
{
    public const int ImageSize = 8;
    public const int ContextLength = 8;
    public const int Vocabulary = 32;

    public static MammutConfig Config { get; } = ModelShape.Resolve(File());

    public static RunFile File(params string[] overrides) => RunFile.Parse("""
        name: test
        seed: 7
        model: {preset: mammut-tiny, embed_dim: 16, image_size: 8, patch_size: 4, vision_width: 16, vision_layers: 2, vision_heads: 2, context_length: 8, vocab_size: 32, text_width: 16, text_layers: 2, text_heads: 2}
        data: {train: [{path: none}], lanes: 12}
        train: {global_batch: 24, steps: 50, bucket_mb: 0.004}
        optim: {lr: 0.003, warmup_steps: 5}
        """, overrides);

    /// <summary>One layer each: for tests of many micro-batches.</summary>
    public static MammutConfig Shallow { get; } = Config with { Vision = Config.Vision with { Layers = 1 }, Text = Config.Text with { Layers = 1, CrossAttentionRatio = 1 } };

    public static Replica Replica(RunFile file, int rank = 0, int world = 1, MammutConfig? config = null, TrainingDevice? device = null) =>
        new(file, config ?? Config, rank, world, threads: 1, device) { HasState = true };

    /// <summary>Samples <paramref name="first"/>… of global batch <paramref name="step"/>: the same whoever reads them.</summary>
    public static Batch Batch(long step, int first, int count)
    {
        var pixels = 3 * ImageSize * ImageSize;
        var images = new float[count * pixels];
        var tokens = new long[count * ContextLength];
        var lengths = new int[count];
        var samples = new SampleId[count];
        for (var i = 0; i < count; i++)
        {
            var random = new Random((int)(step * 100_003 + first + i));
            lengths[i] = random.Next(3, ContextLength + 1);
            var word = random.Next(3, Vocabulary);
            for (var t = 0; t < lengths[i]; t++) tokens[i * ContextLength + t] = t == 0 ? 1 : t == lengths[i] - 1 ? 2 : (word + t) % Vocabulary;
            // the picture tells the words, so that there is something to learn
            for (var p = 0; p < pixels; p++) images[i * pixels + p] = MathF.Sin(word * (p + 1) * 0.1f) + 0.1f * (float)random.NextDouble();
            samples[i] = new SampleId(0, (int)step, first + i);
        }

        return new Batch(step, count, ImageSize, ContextLength, new Held<float>(images), new Held<long>(tokens), lengths, samples);
    }

    internal sealed class Held<T>(T[] array) : IMemoryOwner<T>
    {
        public Memory<T> Memory => array;

        public void Dispose()
        {
        }
    }
}
