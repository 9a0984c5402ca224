using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MammutScale.Model.Layers;

/// <summary>Dtype and device that a model's parameters are made in.</summary>
internal readonly record struct Placement(ScalarType Dtype, Device Device)
{
    /// <summary>A new parameter with memory but without values; it lives as long as its module, whatever dispose scope is open.</summary>
    public Parameter Parameter(params long[] shape)
    {
        Parameter parameter = new(empty(shape, dtype: Dtype, device: Device));
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
