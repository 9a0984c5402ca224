using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MammutScale.Model.Weights;

/// <summary>Moves a model's parameters to and from safetensors files under their state-dict names.</summary>
public static class ModelWeights
{
    /// <summary>How the file's tensors differ from the model's.</summary>
    /// <param name="model">The model to fill.</param>
    /// <param name="file">The file to fill it from.</param>
    /// <param name="prefix">What the file's names begin with; tensors without it are not looked at.</param>
    public static WeightsReport Check(nn.Module model, SafetensorsFile file, string prefix = "")
    {
        IEnumerable<SafetensorsEntry> entries = file.Entries.Values.Where(e => e.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(e => e with { Name = e.Name[prefix.Length..] });
        return WeightsReport.Compare(model.named_parameters().ToDictionary(p => p.name, p => p.parameter.shape), entries);
    }

    /// <summary>Fills every parameter in place, converting to the model's dtype; nothing is changed unless everything fits.</summary>
    /// <exception cref="WeightsException">With the table of tensors that do not fit.</exception>
    public static void Load(Mammut model, SafetensorsFile file, string prefix = "") => Load(model, $"model '{model.Config.Name}'", file, prefix);

    /// <summary>The same for a part that is kept apart from the model: video tubes, a detection head.</summary>
    /// <param name="model">The part to fill.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="file">The file to fill it from.</param>
    /// <param name="prefix">What the file's names begin with.</param>
    /// <exception cref="WeightsException">With the table of tensors that do not fit.</exception>
    public static void Load(nn.Module model, string name, SafetensorsFile file, string prefix = "")
    {
        WeightsReport report = Check(model, file, prefix);
        if (!report.IsMatch)
            throw new WeightsException($"The weights do not fit the {name}:{Environment.NewLine}{report}");
        using var gradient = no_grad();
        foreach ((string key, Parameter parameter) in model.named_parameters())
        {
            using Tensor value = file.Read(prefix + key);
            parameter.copy_(value);
        }
    }

    /// <summary>Writes every parameter, in its dtype, sorted by name.</summary>
    /// <exception cref="WeightsException">The file cannot be written.</exception>
    public static void Save(nn.Module model, string path, IReadOnlyDictionary<string, string>? metadata = null) =>
        SafetensorsWriter.Write(path, [.. model.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).OrderBy(p => p.name, StringComparer.Ordinal)], metadata);
}
