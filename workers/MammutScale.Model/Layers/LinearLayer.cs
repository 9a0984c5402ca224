using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Layers;

/// <summary>x ↦ x Wᵀ + b.</summary>
internal sealed class LinearLayer : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    public LinearLayer(int input, int output, Placement place) : base(nameof(LinearLayer))
    {
        _weight = place.Parameter(output, input);
        _bias = place.Parameter(output);
        RegisterComponents();
    }

    public Tensor Apply(Tensor x) => Products.Linear(x, _weight, _bias);
}
