using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Layers;

/// <summary>Multi-head attention with query, key and value packed in one matrix [3d, d], in this order.</summary>
internal sealed class Attention : nn.Module
{
    [ComponentName(Name = "in_proj_weight")]
    private readonly Parameter _inWeight;

    [ComponentName(Name = "in_proj_bias")]
    private readonly Parameter _inBias;

    [ComponentName(Name = "out_proj")]
    private readonly LinearLayer _out;
    private readonly int _width;
    private readonly int _heads;

    public Attention(int width, int heads, Placement place) : base(nameof(Attention))
    {
        _width = width;
        _heads = heads;
        _inWeight = place.Parameter(3 * width, width);
        _inBias = place.Parameter(3 * width);
        _out = new(width, width, place);
        RegisterComponents();
    }

    /// <summary>Query, key and value of x [B, L, d], each [B, H, L, D].</summary>
    public (Tensor Query, Tensor Key, Tensor Value) Project(Tensor x)
    {
        Tensor[] parts = Heads(Products.Linear(x, _inWeight, _inBias), 3).unbind(2);
        return (parts[0].transpose(1, 2), parts[1].transpose(1, 2), parts[2].transpose(1, 2));
    }

    /// <summary>Query of x [B, L, d]: [B, H, L, D].</summary>
    public Tensor Query(Tensor x) =>
        Heads(Products.Linear(x, _inWeight.narrow(0, 0, _width), _inBias.narrow(0, 0, _width)), 1).select(2, 0).transpose(1, 2);

    /// <summary>Key and value of what is looked at, [B, M, d]: each [B, H, M, D].</summary>
    public (Tensor Key, Tensor Value) KeyValue(Tensor memory)
    {
        Tensor packed = Products.Linear(memory, _inWeight.narrow(0, _width, 2 * _width), _inBias.narrow(0, _width, 2 * _width));
        Tensor[] parts = Heads(packed, 2).unbind(2);
        return (parts[0].transpose(1, 2), parts[1].transpose(1, 2));
    }

    /// <summary>The output projection of [B, L, d].</summary>
    public Tensor Output(Tensor attended) => _out.Apply(attended);

    private Tensor Heads(Tensor packed, int parts) => packed.view(packed.shape[0], packed.shape[1], parts, _heads, _width / _heads);
}
