namespace MammutScale.Model.Configuration;

/// <summary>The shapes that the project names.</summary>
public static class Presets
{
    public static IReadOnlyList<string> Names { get; } = ["mammut-tiny", "mammut-small", "mammut-b32", "mammut-l14", "mammut-2b"];

    internal static MammutConfig Get(string name) => name switch
    {
        // a step takes seconds on two cores
        "mammut-tiny" => Modern(name, 192, new() { ImageSize = 64, PatchSize = 8, Width = 192, Layers = 6, HeadWidth = 32 },
            new() { ContextLength = 16, VocabSize = 4096, Width = 192, Heads = 6, Layers = 4 }),
        "mammut-small" => Modern(name, 384, new() { ImageSize = 224, PatchSize = 16, Width = 384, Layers = 12, HeadWidth = 64 },
            new() { ContextLength = 32, VocabSize = 8192, Width = 384, Heads = 6, Layers = 8 }),
        // open_clip's mammut2_ViT-B-32
        "mammut-b32" => Modern(name, 512, new() { ImageSize = 224, PatchSize = 32, Width = 768, Layers = 12, HeadWidth = 64 },
            new() { ContextLength = 77, VocabSize = 49408, Width = 512, Heads = 8, Layers = 12 }),
        // open_clip's mammut2_ViT-L-14, the shape of openMaMMUT ViT-L-14
        "mammut-l14" => Modern(name, 768, new() { ImageSize = 224, PatchSize = 14, Width = 1024, Layers = 24, HeadWidth = 64 },
            new() { ContextLength = 77, VocabSize = 49408, Width = 768, Heads = 12, Layers = 12 }),
        // the paper's: ViT-H/14, decoder of 18 layers × 1536 with hidden width 12288, cross-attention every two, texts of 64
        "mammut-2b" => Modern(name, 1536, new() { ImageSize = 224, PatchSize = 14, Width = 1280, Layers = 32, HeadWidth = 80 },
            new() { ContextLength = 64, VocabSize = 64000, Width = 1536, Heads = 12, Layers = 18, MlpRatio = 8 }),
        _ => throw new ModelConfigException($"There is no preset '{name}'. Presets: {string.Join(", ", Names)}."),
    };

    private static MammutConfig Modern(string name, int embedDim, VisionConfig vision, TextConfig text) => new()
    {
        Name = name,
        EmbedDim = embedDim,
        Vision = vision with { Pool = VisionPool.Avg, FinalNormAfterPool = true },
        Text = text,
    };
}
