using MammutScale.Model.Configuration;
using MammutScale.Model.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using LayerNorm = MammutScale.Model.Layers.LayerNorm;

namespace MammutScale.Model.Vision;

/// <summary>The image encoder.</summary>
internal sealed class VisionTower : nn.Module
{
    [ComponentName(Name = "class_embedding")]
    private readonly Parameter _class;

    [ComponentName(Name = "positional_embedding")]
    private readonly Parameter _positions;

    [ComponentName(Name = "conv1")]
    private readonly PatchEmbedding _patches;

    [ComponentName(Name = "ln_pre")]
    private readonly LayerNorm? _preNorm;

    [ComponentName(Name = "transformer")]
    private readonly BlockStack _blocks;

    [ComponentName(Name = "ln_post")]
    private readonly LayerNorm _postNorm;

    [ComponentName(Name = "proj")]
    private readonly Parameter _projection;
    private readonly VisionConfig _config;
    private readonly BlockRun _run;

    public VisionTower(MammutConfig config, BlockRun run, Placement place) : base(nameof(VisionTower))
    {
        VisionConfig vision = _config = config.Vision;
        _run = run;
        _class = place.Parameter(vision.Width);
        _positions = place.Parameter(vision.Tokens, vision.Width);
        _patches = new(vision.Width, vision.PatchSize, place);
        _preNorm = vision.PreNorm ? new(vision.Width, place) : null;
        _blocks = new(Enumerable.Range(0, vision.Layers).Select(_ => new SelfBlock(vision.Width, vision.Heads, vision.MlpWidth, config.Activation, true, place)));
        _postNorm = new(vision.Width, place);
        _projection = place.Parameter(vision.Width, config.EmbedDim);
        RegisterComponents();
    }

    /// <summary>Pictures [B, 3, H, W] to the pooled, projected vector [B, E] and the tokens that the decoder sees [B, N, w].</summary>
    public (Tensor Pooled, Tensor Tokens) Encode(Tensor images, IReadOnlyList<PositionBox>? boxes) => Encode(Embed(images, boxes));

    /// <summary>Embedded tokens [B, 1 + N, w], class token first, to the same.</summary>
    public (Tensor Pooled, Tensor Tokens) Encode(Tensor embedded) => Head(Blocks(embedded));

    /// <summary>Class token and patches with their positions, [B, 1 + patches, w].</summary>
    public Tensor Embed(Tensor images, IReadOnlyList<PositionBox>? boxes)
    {
        Tensor patches = _patches.Apply(images);
        (long batch, long width) = (patches.shape[0], _config.Width);
        Tensor tokens;
        if (boxes is null)
        {
            tokens = cat([_class.expand(batch, 1, width), patches], 1).add_(_positions);
        }
        else if (boxes.Count != batch)
        {
            throw new ArgumentException($"{boxes.Count} position boxes were given for {batch} pictures: expected one for each.", nameof(boxes));
        }
        else
        {
            Tensor cropped = PositionCropping.Crop(_positions.narrow(0, 1, _config.Patches), boxes, (_config.CroppedPositions ?? new()).MapSize);
            Tensor first = (_class + _positions.select(0, 0)).expand(batch, 1, width);
            tokens = cat([first, patches.add_(cropped)], 1);
        }
        return _preNorm is null ? tokens : _preNorm.Apply(tokens);
    }

    /// <summary>The patch projection, [w, 3, P, P].</summary>
    public Parameter PatchWeight => _patches.Weight;

    /// <summary>Class token, the patches of several frames of a clip with their learned positions, and tokens of other origin.</summary>
    /// <param name="frames">[B · F, 3, H, W], the frames of a clip are neighbours.</param>
    /// <param name="perClip">F.</param>
    /// <param name="others">Each [B, n, w].</param>
    /// <param name="positions">Added to patches and other tokens, [F · patches + Σ n, w].</param>
    /// <returns>[B, 1 + F · patches + Σ n, w].</returns>
    public Tensor EmbedVideo(Tensor frames, long perClip, IEnumerable<Tensor> others, Tensor positions)
    {
        (long batch, long width) = (frames.shape[0] / perClip, _config.Width);
        Tensor patches = _patches.Apply(frames).add_(_positions.narrow(0, 1, _config.Patches)).view(batch, -1, width);
        Tensor placed = cat([patches, .. others], 1).add(positions.to(patches.dtype));
        Tensor tokens = cat([(_class + _positions.select(0, 0)).expand(batch, 1, width), placed], 1);
        return _preNorm is null ? tokens : _preNorm.Apply(tokens);
    }

    /// <summary>Patches of pictures of any size as a map: the learned positions are resized to its grid (bilinear, half-pixel centres).</summary>
    /// <param name="images">[B, 3, H, W], H and W multiples of the patch size.</param>
    /// <param name="window">Side of the windows, in patches, that all blocks but four attend in (ViTDet); 0 = all attend globally.</param>
    /// <returns>[B, w, H / patch, W / patch].</returns>
    public Tensor FeatureMap(Tensor images, int window = 0)
    {
        (long batch, long width, long rows, long columns) =
            (images.shape[0], _config.Width, images.shape[2] / _config.PatchSize, images.shape[3] / _config.PatchSize);
        Tensor positions = _positions.narrow(0, 1, _config.Patches);
        if (rows != _config.Grid || columns != _config.Grid)
        {
            Tensor grid = positions.to(float32).t().view(1, width, _config.Grid, _config.Grid);
            positions = nn.functional.interpolate(grid, [rows, columns], mode: InterpolationMode.Bilinear, align_corners: false)
                .view(width, -1).t().to(positions.dtype);
        }
        Tensor x = cat([(_class + _positions.select(0, 0)).expand(batch, 1, width), _patches.Apply(images).add_(positions)], 1);
        x = Blocks(_preNorm is null ? x : _preNorm.Apply(x), window == 0 ? null : new((int)rows, (int)columns, window, x.device));
        if (!_config.FinalNormAfterPool)
            x = _postNorm.Apply(x);
        return x.narrow(1, 1, rows * columns).transpose(1, 2).reshape(batch, width, rows, columns);
    }

    /// <summary>The mean of a part of the map, [K, w], as an embedding like that of a whole picture, [K, E], not normalised.</summary>
    public Tensor RegionEmbedding(Tensor pooled) => Products.Multiply(_config.FinalNormAfterPool ? _postNorm.Apply(pooled) : pooled, _projection);

    public SelfBlock Block(int layer) => _blocks[layer];

    /// <summary>All blocks, without the final norm.</summary>
    /// <param name="x">[B, 1 + N, w].</param>
    /// <param name="windows">Where all but every fourth part's last block attend; null = globally.</param>
    public Tensor Blocks(Tensor x, AttentionWindows? windows = null)
    {
        const int Parts = 4;
        int part = Math.Max(1, _blocks.Count / Parts);
        for (int i = 0; i < _blocks.Count; i++)
        {
            SelfBlock block = _blocks[i];
            bool inWindows = windows is not null && (i + 1) % part != 0;
            x = _run.Run(BlockNames.Vision(i), x, y => inWindows ? windows!.Run(y, block) : block.Apply(y));
        }
        return x;
    }

    private (Tensor Pooled, Tensor Tokens) Head(Tensor x)
    {
        x = _run.Enter(BlockNames.VisionHead, x);
        if (!_config.FinalNormAfterPool)
            x = _postNorm.Apply(x);
        Tensor tokens = _config.Pool == VisionPool.AvgAll ? x : x.narrow(1, 1, x.shape[1] - 1);
        Tensor pooled = _config.Pool == VisionPool.Tok ? x.select(1, 0) : tokens.mean([1]);
        if (_config.FinalNormAfterPool)
            pooled = _postNorm.Apply(pooled);
        return (Products.Multiply(pooled, _projection), tokens);
    }
}
