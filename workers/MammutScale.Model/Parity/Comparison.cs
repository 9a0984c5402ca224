using MammutScale.Model.Weights;
using static TorchSharp.torch;

namespace MammutScale.Model.Parity;

/// <summary>Collects comparisons with a fixture's tensors.</summary>
internal sealed class Comparison(SafetensorsFile file)
{
    private readonly List<ParityCheck> _checks = [];

    public IReadOnlyList<ParityCheck> Checks => _checks;

    /// <summary>A gradient that the fixture leaves out, being none: ours must be zero.</summary>
    public void AddZero(string name, Tensor actual)
    {
        double error = actual.abs().max().item<float>();
        _checks.Add(new(name, error, error, 0, false));
    }

    /// <summary>Compares with the fixture's tensor of this name, where it has one.</summary>
    /// <param name="name">Name in the fixture.</param>
    /// <param name="actual">Our result.</param>
    /// <param name="tolerance">Bound of the error.</param>
    /// <param name="relative">Whether the bound is on the error over the reference's largest value.</param>
    /// <param name="counted">Elements that count, bool; null = all.</param>
    /// <returns>Whether the fixture has the tensor.</returns>
    public bool Add(string name, Tensor actual, double tolerance, bool relative = false, Tensor? counted = null)
    {
        if (!file.Entries.ContainsKey(name))
            return false;
        using var scope = NewDisposeScope();
        Tensor expected = file.Read(name).to(float64), found = actual.detach().to(float64).cpu();
        if (!expected.shape.AsSpan().SequenceEqual(found.shape))
            throw new WeightsException($"'{name}' has shape [{string.Join(", ", expected.shape)}] in the fixture, the model gives [{string.Join(", ", found.shape)}].");
        Tensor difference = (found - expected).abs_();
        (long left, double leftError) = (0, 0);
        if (counted is not null)
        {
            left = counted.numel() - counted.sum().item<long>();
            leftError = left == 0 ? 0 : difference.masked_fill(counted, 0).max().item<double>();
            difference.masked_fill_(counted.logical_not(), 0);
        }
        double error = difference.numel() == 0 ? 0 : difference.max().item<double>();
        double size = expected.numel() == 0 ? 0 : expected.abs().max().item<double>();
        _checks.Add(new(name, error, error == 0 ? 0 : error / size, tolerance, relative, left, leftError));
        return true;
    }
}
