using System.Text;

namespace MammutScale.Model.Weights;

/// <summary>A tensor that is there but does not fit.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Found">Dtype and shape in the file.</param>
/// <param name="Expected">Dtype kind and shape in the model.</param>
public sealed record MisfitTensor(string Name, string Found, string Expected);

/// <summary>How a set of weights differs from what a model expects, by name.</summary>
/// <param name="Missing">In the model only.</param>
/// <param name="Unexpected">In the file only.</param>
/// <param name="Misfits">In both, with another shape or a dtype that holds no real numbers.</param>
public sealed record WeightsReport(IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<MisfitTensor> Misfits)
{
    public bool IsMatch => Missing.Count + Unexpected.Count + Misfits.Count == 0;

    /// <summary>Compares shapes (and that dtypes are floating) without reading any values.</summary>
    public static WeightsReport Compare(IReadOnlyDictionary<string, long[]> expected, IEnumerable<SafetensorsEntry> found)
    {
        Dictionary<string, SafetensorsEntry> entries = found.ToDictionary(e => e.Name, StringComparer.Ordinal);
        List<MisfitTensor> misfits = [];
        foreach ((string name, long[] shape) in expected)
        {
            if (!entries.TryGetValue(name, out SafetensorsEntry? entry))
                continue;
            bool real = SafetensorsDtype.IsFloating(entry.Dtype);
            if (!real || !entry.Shape.AsSpan().SequenceEqual(shape))
                misfits.Add(new(name, $"{SafetensorsDtype.Of(entry.Dtype).Name} {Text(entry.Shape)}", $"{(real ? "" : "floating ")}{Text(shape)}"));
        }
        return new(
            [.. expected.Keys.Where(k => !entries.ContainsKey(k)).Order(StringComparer.Ordinal)],
            [.. entries.Keys.Where(k => !expected.ContainsKey(k)).Order(StringComparer.Ordinal)],
            [.. misfits.OrderBy(m => m.Name, StringComparer.Ordinal)]);
    }

    /// <summary>One line for each tensor that does not fit.</summary>
    public override string ToString()
    {
        if (IsMatch)
            return "all tensors match";
        StringBuilder text = new();
        foreach (string name in Missing)
            text.AppendLine($"missing     {name}");
        foreach (string name in Unexpected)
            text.AppendLine($"unexpected  {name}");
        foreach (MisfitTensor misfit in Misfits)
            text.AppendLine($"mis-shaped  {misfit.Name}: found {misfit.Found}, expected {misfit.Expected}");
        return text.ToString().TrimEnd();
    }

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";
}
