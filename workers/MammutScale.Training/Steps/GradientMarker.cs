using MammutScale.Model;
using static TorchSharp.torch;

namespace MammutScale.Training.Steps;

/// <summary>An identity that says so when the backward pass comes through.</summary>
internal sealed class GradientMarker : autograd.SingleTensorFunction<GradientMarker>
{
    private const string Passed = "passed";

    public override string Name => nameof(GradientMarker);

    /// <param name="x">What goes through unchanged.</param>
    /// <param name="passed">Called in the backward pass; must not throw.</param>
    public static Tensor On(Tensor x, Action passed) => apply(x, passed);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_data(Passed, vars[1]);
        return ((Tensor)vars[0]).alias();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var call = BackwardPass.Join(grad_output);
        ((Action)ctx.get_data(Passed))();
        return [grad_output, null!];
    }
}
