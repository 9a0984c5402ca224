using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MammutScale.Training.Parameters;

/// <summary>
/// A model's parameters and gradients in flat tensors: the model's parameters become views of them and every
/// <c>parameter.grad</c> a view of the flat gradient. bf16 parameters compute on a bf16 copy while
/// <see cref="Weights"/> and <see cref="Gradients"/> stay float32.
/// </summary>
internal sealed class FlatState : IDisposable
{
    private readonly List<Tensor> _gradientViews = [];

    /// <param name="layout">Must hold exactly the trainable parameters of <paramref name="parameters"/>.</param>
    /// <param name="parameters">By name, float32 or bfloat16, all on one device, where the flat tensors go too; their values are taken over.</param>
    public FlatState(FlatLayout layout, IReadOnlyDictionary<string, Parameter> parameters)
    {
        Layout = layout;
        Device = parameters.Values.First().device;
        using var noGrad = no_grad();
        Weights = zeros(layout.Length, device: Device).DetachFromDisposeScope();
        Gradients = zeros(layout.Length, device: Device).DetachFromDisposeScope();
        var mixed = parameters.Values.Any(p => p.dtype == ScalarType.BFloat16);
        ComputeWeights = mixed ? zeros(layout.Length, dtype: ScalarType.BFloat16, device: Device).DetachFromDisposeScope() : Weights;
        ComputeGradients = mixed ? zeros(layout.Length, dtype: ScalarType.BFloat16, device: Device).DetachFromDisposeScope() : Gradients;
        foreach (var entry in layout.Entries)
        {
            using var scope = NewDisposeScope();
            var parameter = parameters[entry.Name];
            Slice(Weights, entry).copy_(parameter);
            var view = Slice(parameter.dtype == ScalarType.Float32 ? Weights : ComputeWeights, entry);
            view.copy_(parameter);
            parameter.set_(view);
        }

        foreach (var entry in layout.Entries)
        {
            var view = Slice(parameters[entry.Name].dtype == ScalarType.Float32 ? Gradients : ComputeGradients, entry).DetachFromDisposeScope();
            parameters[entry.Name].grad = view;
            _gradientViews.Add(view);
        }
    }

    public FlatLayout Layout { get; }

    public Device Device { get; }

    /// <summary>Master weights, float32 [N].</summary>
    public Tensor Weights { get; }

    /// <summary>Gradients that are reduced and applied, float32 [N].</summary>
    public Tensor Gradients { get; }

    /// <summary>What the model computes with; <see cref="Weights"/> itself in float32.</summary>
    public Tensor ComputeWeights { get; }

    /// <summary>What backward accumulates into; <see cref="Gradients"/> itself in float32.</summary>
    public Tensor ComputeGradients { get; }

    public bool IsMixed => !ReferenceEquals(Weights, ComputeWeights);

    /// <summary>Clears gradients before a step.</summary>
    public void ZeroGradients()
    {
        using var noGrad = no_grad();
        Gradients.zero_();
        if (IsMixed) ComputeGradients.zero_();
    }

    /// <summary>Mixed precision: adds what backward has left in a bucket to the float32 gradient and clears it, so that many micro-batches do not add up in bf16.</summary>
    public void FoldGradients(FlatBucket bucket)
    {
        if (!IsMixed) return;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var compute = ComputeGradients.narrow(0, bucket.Offset, bucket.Length);
        Gradients.narrow(0, bucket.Offset, bucket.Length).add_(compute);
        compute.zero_();
    }

    /// <summary>Mixed precision: rounds the master weights to what the model computes with.</summary>
    public void RefreshComputeWeights()
    {
        if (!IsMixed) return;
        using var noGrad = no_grad();
        ComputeWeights.copy_(Weights);
    }

    public void Dispose()
    {
        foreach (var view in _gradientViews) view.Dispose();
        if (IsMixed)
        {
            ComputeWeights.Dispose();
            ComputeGradients.Dispose();
        }

        Weights.Dispose();
        Gradients.Dispose();
    }

    private static Tensor Slice(Tensor flat, FlatEntry entry) => flat.narrow(0, entry.Offset, entry.Count).view(entry.Parameter.Shape);
}
