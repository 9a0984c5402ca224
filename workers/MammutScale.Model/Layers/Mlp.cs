using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Layers;

/// <summary>c_fc, activation, c_proj.</summary>
internal sealed class Mlp : nn.Module
{
    [ComponentName(Name = "c_fc")]
    private readonly LinearLayer _expand;

    [ComponentName(Name = "c_proj")]
    private readonly LinearLayer _contract;
    private readonly Activation _activation;

    public Mlp(int width, int hidden, Activation activation, Placement place) : base(nameof(Mlp))
    {
        _expand = new(width, hidden, place);
        _contract = new(hidden, width, place);
        _activation = activation;
        RegisterComponents();
    }

    public Tensor Apply(Tensor x)
    {
        Tensor hidden = _expand.Apply(x);
        return _contract.Apply(_activation == Activation.Gelu ? nn.functional.gelu(hidden) : hidden * (hidden * 1.702).sigmoid_());
    }
}
