using System.Text.Json;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MammutScale.Model.Parity;

/// <summary>AdamW exactly as its paper writes it, a parameter at a time: the yardstick, not the optimizer that trains.</summary>
internal sealed class ReferenceAdamW(double rate, double beta1, double beta2, double epsilon, double decay)
{
    private readonly Dictionary<string, (Tensor Mean, Tensor Square)> _moments = [];
    private int _step;

    public static ReferenceAdamW Read(JsonElement root)
    {
        JsonElement a = root.GetProperty("adamw");
        double[] betas = [.. a.GetProperty("betas").EnumerateArray().Select(b => b.GetDouble())];
        return new(a.GetProperty("lr").GetDouble(), betas[0], betas[1], a.GetProperty("eps").GetDouble(), a.GetProperty("weight_decay").GetDouble());
    }

    /// <summary>Updates every parameter that has a gradient; decay only where there are at least two dimensions.</summary>
    public void Step(IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        using var gradient = no_grad();
        _step++;
        foreach ((string name, Parameter parameter) in parameters)
        {
            using var scope = NewDisposeScope();
            if (parameter.grad is not { } g)
                continue;
            if (!_moments.TryGetValue(name, out (Tensor Mean, Tensor Square) m))
                _moments[name] = m = (zeros_like(parameter).DetachFromDisposeScope(), zeros_like(parameter).DetachFromDisposeScope());
            if (parameter.dim() >= 2)
                parameter.mul_(1 - (rate * decay));
            m.Mean.mul_(beta1).add_(g, alpha: 1 - beta1);
            m.Square.mul_(beta2).addcmul_(g, g, 1 - beta2);
            Tensor denominator = (m.Square / (1 - Math.Pow(beta2, _step))).sqrt_().add_(epsilon);
            parameter.sub_((m.Mean / (1 - Math.Pow(beta1, _step))).div_(denominator).mul_(rate));
        }
    }
}
