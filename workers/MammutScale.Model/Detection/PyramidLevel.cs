using MammutScale.Model.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using LayerNorm = MammutScale.Model.Layers.LayerNorm;

namespace MammutScale.Model.Detection;

/// <summary>One resolution of ViTDet's simple feature pyramid, made from the encoder's last map alone.</summary>
internal sealed class PyramidLevel : nn.Module
{
    [ComponentName(Name = "up")]
    private readonly ModuleList<ConvLayer> _up;

    [ComponentName(Name = "up_norm")]
    private readonly LayerNorm? _upNorm;

    [ComponentName(Name = "lateral")]
    private readonly ConvLayer _lateral;

    [ComponentName(Name = "lateral_norm")]
    private readonly LayerNorm _lateralNorm;

    [ComponentName(Name = "output")]
    private readonly ConvLayer _output;

    [ComponentName(Name = "output_norm")]
    private readonly LayerNorm _outputNorm;
    private readonly double _scale;

    public PyramidLevel(int width, int channels, double scale, Placement place) : base(nameof(PyramidLevel))
    {
        _scale = scale;
        int doublings = scale switch
        {
            4 => 2,
            2 => 1,
            1 or 0.5 => 0,
            _ => throw new ModelConfigException($"A pyramid level of {scale} times the encoder's resolution cannot be built: choose of 4, 2, 1 and 0.5."),
        };
        _up = new([.. Enumerable.Range(0, doublings).Select(i => new ConvLayer(Narrowed(i), Narrowed(i + 1), 2, place, doubles: true))]);
        _upNorm = doublings == 2 ? new(Narrowed(1), place) : null;
        _lateral = new(Narrowed(doublings), channels, 1, place);
        _lateralNorm = new(channels, place);
        _output = new(channels, channels, 3, place);
        _outputNorm = new(channels, place);
        RegisterComponents();

        int Narrowed(int times) => Math.Max(1, width >> times);
    }

    /// <summary>The encoder's map [B, w, h, w'] to [B, C, h · scale, w' · scale].</summary>
    public Tensor Apply(Tensor map)
    {
        Tensor x = map;
        for (int i = 0; i < _up.Count; i++)
        {
            x = _up[i].Apply(x);
            if (i == 0 && _upNorm is not null)
                x = nn.functional.gelu(Normed(_upNorm, x));
        }
        if (_scale < 1)
            x = nn.functional.max_pool2d(x, [2, 2], [2, 2]);
        return Normed(_outputNorm, _output.Apply(Normed(_lateralNorm, _lateral.Apply(x))));
    }

    private static Tensor Normed(LayerNorm norm, Tensor x) => norm.Apply(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2);
}
