using MammutScale.Model.Configuration;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests;

/// <summary>Small models and inputs for tests.</summary>
internal static class Shapes
{
    public static MammutConfig Modern { get; } = new()
    {
        Name = "test-modern",
        EmbedDim = 24,
        Vision = new() { ImageSize = 16, PatchSize = 8, Width = 32, Layers = 2, HeadWidth = 16, Pool = VisionPool.Avg, FinalNormAfterPool = true },
        Text = new() { ContextLength = 8, VocabSize = 37, Width = 24, Heads = 4, Layers = 3, CrossAttentionRatio = 2 },
    };

    public static MammutConfig Fork { get; } = Modern with
    {
        Name = "test-fork",
        Layout = ModelLayout.OpenClipMammut,
        Vision = Modern.Vision with { Pool = VisionPool.AvgAll },
        Text = Modern.Text with { Layers = 4, Pool = TextPool.AvgAll, UsePadMask = false },
    };

    /// <summary>Pictures [count, 3, size, size].</summary>
    public static Tensor Images(MammutConfig config, int count, int seed = 1)
    {
        using Generator generator = new((ulong)seed);
        return empty([count, 3, config.Vision.ImageSize, config.Vision.ImageSize]).normal_(0, 1, generator);
    }

    /// <summary>bos, words, eos, then pad: a text of each given length.</summary>
    public static Tensor Texts(MammutConfig config, params int[] lengths)
    {
        Random random = new(lengths.Length + config.Text.VocabSize);
        var ids = new long[lengths.Length, config.Text.ContextLength];
        for (int row = 0; row < lengths.Length; row++)
        {
            for (int i = 0; i < config.Text.ContextLength; i++)
                ids[row, i] = i >= lengths[row] ? config.Text.PadId : i == 0 ? config.Text.VocabSize - 2 : i == lengths[row] - 1 ? config.Text.VocabSize - 1 : random.Next(4, config.Text.VocabSize - 2);
        }
        return tensor(ids);
    }

    /// <summary>Largest absolute difference.</summary>
    public static double Distance(Tensor a, Tensor b) => (a.detach().to(float64) - b.detach().to(float64)).abs().max().item<double>();

    /// <summary>A model whose constants and zeros are disturbed too, so that a missing term shows.</summary>
    public static Mammut Disturbed(MammutConfig config, int seed = 7)
    {
        Mammut model = new(config, seed);
        using var gradient = no_grad();
        using Generator generator = new((ulong)seed);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in model.named_parameters())
            if (name is not ("logit_scale" or "logit_bias"))
                parameter.add_(empty(parameter.shape).normal_(0, 0.05, generator));
        return model;
    }
}
