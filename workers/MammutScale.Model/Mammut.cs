using MammutScale.Model.Configuration;
using MammutScale.Model.Initialization;
using MammutScale.Model.Layers;
using MammutScale.Model.Losses;
using MammutScale.Model.Text;
using MammutScale.Model.Vision;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model;

/// <summary>
/// MaMMUT: one image encoder and one text decoder that runs twice, once bidirectionally without the picture for a contrastive
/// embedding and once causally with cross-attention to the picture for captions (Kuo et al., arXiv 2303.16839).
/// Parameters carry open_clip's state-dict names.
/// </summary>
public sealed class Mammut : nn.Module
{
    [ComponentName(Name = "visual")]
    private readonly VisionTower _vision;

    [ComponentName(Name = "text")]
    private readonly TextDecoder _text;

    [ComponentName(Name = "map_viz2txt_kv")]
    private readonly Parameter _bridge;

    [ComponentName(Name = "logit_scale")]
    private readonly Parameter _logitScale;

    [ComponentName(Name = "logit_bias")]
    private readonly Parameter? _logitBias;
    private readonly BlockRun _run = new();

    /// <param name="config">The shape.</param>
    /// <param name="seed">Initial values are a function of the seed and each parameter's name.</param>
    /// <param name="dtype">float32, or bfloat16 for parameters and activations (norm and softmax statistics, embeddings, logits and losses stay float32; so do the scale and bias of the contrastive logits).</param>
    /// <param name="device">Where the parameters live; null = CPU.</param>
    /// <param name="initialize">False leaves the parameters' memory as it is, for weights that are loaded next.</param>
    /// <exception cref="ModelConfigException">No such model can be built.</exception>
    public Mammut(MammutConfig config, long seed = 0, ScalarType dtype = ScalarType.Float32, Device? device = null, bool initialize = true)
        : base(nameof(Mammut))
    {
        ConfigCheck.ThrowIfInvalid(config);
        Config = config;
        Dtype = dtype;
        Device = device ?? CPU;
        _run.Checkpointing = config.GradCheckpointing;
        Placement place = new(dtype, Device), single = new(ScalarType.Float32, Device);
        _vision = new(config, _run, place);
        _text = new(config, _run, place);
        _bridge = place.Parameter(config.Vision.Width, config.Text.Width);
        _logitScale = single.Parameter();
        _logitBias = config.InitLogitBias is null ? null : single.Parameter();
        RegisterComponents();
        if (initialize)
            InitialValues.Fill(named_parameters(), config, seed);
    }

    public MammutConfig Config { get; }

    /// <summary>Dtype of parameters and activations.</summary>
    public ScalarType Dtype { get; }

    public Device Device { get; }

    /// <summary>ln of the factor on contrastive logits, scalar, always float32.</summary>
    public Parameter LogitScale => _logitScale;

    /// <summary>Bias of contrastive logits (SigLIP), scalar, always float32; null when the configuration has none.</summary>
    public Parameter? LogitBias => _logitBias;

    /// <summary>Hears of blocks in the backward pass; null = nobody does.</summary>
    public IBackwardMarkers? Markers
    {
        get => _run.Markers;
        set => _run.Markers = value;
    }

    /// <summary>Whether blocks recompute their activations in the backward pass.</summary>
    public bool GradCheckpointing
    {
        get => _run.Checkpointing;
        set => _run.Checkpointing = value;
    }

    internal VisionTower Encoder => _vision;

    internal TextDecoder Decoder => _text;

    /// <summary>The image encoder.</summary>
    /// <param name="images">Normalised pictures, [B, 3, H, W].</param>
    /// <param name="boxes">A crop of the position grid for each picture (<see cref="PositionCropping.Draw(CroppedPositionConfig, Random, int)"/>); null = the whole grid.</param>
    public ImageEncoding EncodeImage(Tensor images, IReadOnlyList<PositionBox>? boxes = null)
    {
        CheckImages(images);
        (Tensor pooled, Tensor tokens) = _vision.Encode(images, boxes);
        return new(Normalized(pooled), tokens);
    }

    /// <summary>The contrastive pass: bidirectional, no picture, mean over the valid positions.</summary>
    /// <param name="ids">[B, L] int64, L up to the context length.</param>
    /// <param name="valid">Which positions are text, [B, L] bool or uint8; null = id ≠ pad.</param>
    /// <returns>[B, E] float32, length 1.</returns>
    public Tensor EncodeText(Tensor ids, Tensor? valid = null) => Normalized(_text.Contrastive(Checked(ids), Validity(ids, valid)));

    /// <summary>The captioning pass: causal, with cross-attention.</summary>
    /// <param name="ids">The tokens seen, [B, L] (without the last one when its successor is not wanted).</param>
    /// <param name="imageTokens">[B, N, w] of <see cref="ImageEncoding.Tokens"/>.</param>
    /// <returns>Normed hidden states [B, L, d].</returns>
    public Tensor CaptionHidden(Tensor ids, Tensor imageTokens) => _text.Caption(Checked(ids), Bridge(imageTokens));

    /// <summary>Both passes at once: the same results as <see cref="EncodeText"/> and <see cref="CaptionHidden"/>, sharing the matrix products.</summary>
    public TextEncoding TextPasses(Tensor ids, Tensor? valid, Tensor imageTokens)
    {
        (Tensor pooled, Tensor hidden) = _text.Both(Checked(ids), Validity(ids, valid), Bridge(imageTokens));
        return new(Normalized(pooled), hidden.narrow(1, 0, ids.shape[1] - 1));
    }

    /// <summary>Logits over the vocabulary, float32: [.., d] to [.., V]. For few positions; training uses <see cref="CaptionLoss"/>.</summary>
    public Tensor CaptionLogits(Tensor hidden) => Products.Multiply(hidden, _text.VocabularyHead).to(float32);

    /// <summary>The labels of texts [B, L] for <see cref="CaptionLoss"/>.</summary>
    public CaptionTargets CaptionTargets(Tensor ids, Tensor? valid = null) => Losses.CaptionTargets.From(ids, Validity(ids, valid));

    /// <summary>Σ cross-entropy of the labels / divisor, never holding all logits; see <see cref="Losses.CaptionLoss"/>.</summary>
    public Tensor CaptionLoss(Tensor hidden, CaptionTargets targets, double divisor, int chunk = 0, double zWeight = 0) =>
        Losses.CaptionLoss.Compute(hidden, _text.VocabularyHead, targets, divisor, chunk, zWeight);

    /// <summary>Which positions count as text, [B, L] bool; a row without any counts its first.</summary>
    public Tensor Validity(Tensor ids, Tensor? valid) => TextValidity.Of(ids, valid, Config.Text.PadId);

    internal Tensor Bridge(Tensor imageTokens) => Products.Multiply(_run.Enter(BlockNames.Bridge, imageTokens), _bridge);

    private void CheckImages(Tensor images)
    {
        int side = Config.Vision.ImageSize;
        if (images.dim() != 4 || images.shape[1] != 3 || images.shape[2] != side || images.shape[3] != side)
            throw new ArgumentException($"Pictures of shape [{string.Join(", ", images.shape)}]: this model takes [B, 3, {side}, {side}].", nameof(images));
    }

    private Tensor Checked(Tensor ids) => ids.dim() == 2 && ids.shape[1] >= 1 && ids.shape[1] <= Config.Text.ContextLength
        ? ids
        : throw new ArgumentException($"Token ids of shape [{string.Join(", ", ids.shape)}]: this model takes [B, L] with L from 1 to {Config.Text.ContextLength}.", nameof(ids));

    internal static Tensor Normalized(Tensor pooled) => nn.functional.normalize(pooled.to(float32), dim: -1);
}
