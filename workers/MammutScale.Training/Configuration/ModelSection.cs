using MammutScale.Training.Binding;

namespace MammutScale.Training.Configuration;

/// <summary>A preset, and what differs from it. "model: mammut-small" alone is the preset as it is.</summary>
[ScalarForm("preset")]
public sealed record ModelSection
{
    /// <summary>mammut-tiny (taken when there is no <see cref="InitFrom"/> either), mammut-small, mammut-b32, mammut-l14 or mammut-2b.</summary>
    public string? Preset { get; init; }

    /// <summary>A safetensors file to begin from, under the names of either open_clip layout, with its configuration beside it: the shape comes from there, instead of a preset.</summary>
    public string? InitFrom { get; init; }

    /// <summary>Width D of the shared image-text space.</summary>
    [AtLeast(1)] public int? EmbedDim { get; init; }

    /// <summary>Side of the square picture, in pixels.</summary>
    [AtLeast(1)] public int? ImageSize { get; init; }
    [AtLeast(1)] public int? PatchSize { get; init; }
    [AtLeast(1)] public int? VisionWidth { get; init; }
    [AtLeast(1)] public int? VisionLayers { get; init; }
    [AtLeast(1)] public int? VisionHeads { get; init; }

    /// <summary>Tokens of a caption at most, bos and eos included.</summary>
    [AtLeast(3)] public int? ContextLength { get; init; }

    /// <summary>Entries of the token embedding; by default what the tokenizer has.</summary>
    [AtLeast(4)] public int? VocabSize { get; init; }
    [AtLeast(1)] public int? TextWidth { get; init; }
    [AtLeast(1)] public int? TextLayers { get; init; }
    [AtLeast(1)] public int? TextHeads { get; init; }

    /// <summary>A cross-attention block after every so many decoder layers.</summary>
    [AtLeast(1)] public int? CrossEvery { get; init; }

    /// <summary>The layers, counted from 0, after which a cross-attention block runs; overrides <see cref="CrossEvery"/> (the paper's ablation).</summary>
    [AtLeast(0)] public IReadOnlyList<int>? CrossLayers { get; init; }

    /// <summary>Cropped positional embeddings: pre-training for later localization.</summary>
    public bool? CroppedPositions { get; init; }

    /// <summary>What lets the model encode clips; without it the run is one of pictures.</summary>
    public VideoTubesSection? Video { get; init; }
}
