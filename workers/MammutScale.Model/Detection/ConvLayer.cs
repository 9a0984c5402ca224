using MammutScale.Model.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Detection;

/// <summary>A convolution that keeps the size, or, transposed, doubles it (kernel and stride 2).</summary>
internal sealed class ConvLayer : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;
    private readonly bool _doubles;
    private readonly int _kernel;

    public ConvLayer(int input, int output, int kernel, Placement place, bool doubles = false) : base(nameof(ConvLayer))
    {
        (_doubles, _kernel) = (doubles, kernel);
        _weight = doubles ? place.Parameter(input, output, kernel, kernel) : place.Parameter(output, input, kernel, kernel);
        _bias = place.Parameter(output);
        RegisterComponents();
    }

    /// <summary>[B, C, H, W] to [B, C', H, W], or twice the size.</summary>
    public Tensor Apply(Tensor x) => _doubles
        ? nn.functional.conv_transpose2d(x, _weight, _bias, strides: [2, 2])
        : nn.functional.conv2d(x, _weight, _bias, padding: [_kernel / 2, _kernel / 2]);
}
