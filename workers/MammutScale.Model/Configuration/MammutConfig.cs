using MammutScale.Model.Configuration;

namespace MammutScale.Model;

/// <summary>Activation of the MLPs.</summary>
public enum Activation
{
    /// <summary>The exact, erf, form.</summary>
    Gelu,

    /// <summary>x · σ(1.702 x).</summary>
    QuickGelu,
}

/// <summary>Whose state-dict names and text semantics the model has.</summary>
public enum ModelLayout
{
    /// <summary>open_clip: `lm_head`, masked pooling.</summary>
    OpenClip,

    /// <summary>LAION's fork (openMaMMUT): the vocabulary head is called `text_projection`, padding takes part in the contrastive pass.</summary>
    OpenClipMammut,
}

/// <summary>The shape of a MaMMUT and everything that its weights depend on. Reads and writes open_clip's JSON through <see cref="OpenClipConfig"/>.</summary>
public sealed record MammutConfig
{
    /// <summary>ln(1 / 0.07): a temperature of 0.07.</summary>
    public const double DefaultLogitScale = 2.6592600369327783;

    /// <summary>Name of the preset or file; part of no computation.</summary>
    public string Name { get; init; } = "mammut";

    /// <summary>Width E of the shared image and text embedding.</summary>
    public int EmbedDim { get; init; } = 512;

    public VisionConfig Vision { get; init; } = new();

    public TextConfig Text { get; init; } = new();

    public Activation Activation { get; init; }

    public ModelLayout Layout { get; init; }

    /// <summary>Initial ln(scale) of the contrastive logits.</summary>
    public double InitLogitScale { get; init; } = DefaultLogitScale;

    /// <summary>Initial bias of the contrastive logits (SigLIP: −10); null = no bias.</summary>
    public double? InitLogitBias { get; init; }

    /// <summary>Whether blocks recompute their activations in the backward pass instead of keeping them.</summary>
    public bool GradCheckpointing { get; init; }

    /// <summary>The named shape.</summary>
    /// <param name="name">One of <see cref="Presets.Names"/>.</param>
    /// <exception cref="ModelConfigException">There is no such preset.</exception>
    public static MammutConfig Preset(string name) => Presets.Get(name);
}

/// <summary>A configuration that no model can have, with all reasons.</summary>
public sealed class ModelConfigException(string message, Exception? inner = null) : Exception(message, inner);
