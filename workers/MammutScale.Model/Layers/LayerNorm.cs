using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Layers;

/// <summary>Layer norm over the last dimension, ε = 1e-5. Mean and variance are taken in float32 whatever the dtype of the input.</summary>
internal sealed class LayerNorm : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;
    private readonly long[] _shape;

    public LayerNorm(int width, Placement place) : base(nameof(LayerNorm))
    {
        _shape = [width];
        _weight = place.Parameter(width);
        _bias = place.Parameter(width);
        RegisterComponents();
    }

    public Tensor Apply(Tensor x) => nn.functional.layer_norm(x, _shape, _weight, _bias, 1e-5);
}
