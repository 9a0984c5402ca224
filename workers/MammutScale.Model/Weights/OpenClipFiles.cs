using MammutScale.Model.Configuration;
using MammutScale.Model.Sizing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MammutScale.Model.Weights;

/// <summary>Weights as open_clip keeps them: a safetensors file with its state-dict names, and the model's configuration as JSON.</summary>
public static class OpenClipFiles
{
    /// <summary>Where an export's configuration lies: the weight file's name with the ending `.json`.</summary>
    public static string ConfigPath(string weights) => Path.ChangeExtension(weights, ".json");

    /// <summary>Writes weights and configuration.</summary>
    /// <param name="model">What to write; its dtype is kept.</param>
    /// <param name="path">The safetensors file.</param>
    /// <param name="layout">Whose names; null = the model's own.</param>
    /// <exception cref="ModelConfigException">The layout cannot say what the model is.</exception>
    /// <exception cref="WeightsException">A file cannot be written.</exception>
    public static void Export(Mammut model, string path, ModelLayout? layout = null)
    {
        MammutConfig config = LayoutConversion.Convert(model.Config, layout ?? model.Config.Layout);
        List<(string Name, Tensor Value)> tensors = [.. model.named_parameters()
            .Select(p => (LayoutConversion.Rename(p.name, model.Config.Layout, config.Layout), (Tensor)p.parameter))
            .OrderBy(p => p.Item1, StringComparer.Ordinal)];
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string> { ["format"] = "pt" });
        try
        {
            File.WriteAllText(ConfigPath(path), OpenClipConfigWriter.Write(config));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightsException($"{ConfigPath(path)} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>How a weight file differs from its configuration, from shapes alone.</summary>
    /// <param name="path">The safetensors file.</param>
    /// <param name="configPath">Its configuration; null = beside it, under its own name or as `open_clip_config.json`.</param>
    public static (MammutConfig Config, WeightsReport Report) Inspect(string path, string? configPath = null)
    {
        MammutConfig config = ReadConfig(path, configPath);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return (config, Compare(file, config));
    }

    /// <summary>The model that a weight file and its configuration describe; the file may carry the names of either layout.</summary>
    /// <inheritdoc cref="Inspect"/>
    /// <param name="dtype">Dtype of the model; values of another floating dtype are converted.</param>
    /// <param name="device">Where the model goes; null = CPU.</param>
    /// <exception cref="WeightsException">The file cannot be read, or its tensors do not fit: with the table by name.</exception>
    /// <exception cref="ModelConfigException">The configuration cannot be read or describes another kind of model.</exception>
    public static Mammut Import(string path, string? configPath = null, ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        MammutConfig config = ReadConfig(path, configPath);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Check(file, path, config, "its configuration");
        Mammut model = new(config, dtype: dtype, device: device, initialize: false);
        Copy(file, model);
        return model;
    }

    /// <summary>Fills a model from a weight file, whatever the file's configuration says.</summary>
    /// <exception cref="WeightsException">The file cannot be read, or its tensors do not fit the model: with the table by name.</exception>
    public static void Load(Mammut model, string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Check(file, path, model.Config, "the model");
        Copy(file, model);
    }

    private static void Copy(SafetensorsFile file, Mammut model)
    {
        ModelLayout layout = LayoutConversion.LayoutOf(file.Entries.Keys);
        using var gradient = no_grad();
        foreach ((string name, Parameter parameter) in model.named_parameters())
        {
            using Tensor value = file.Read(LayoutConversion.Rename(name, model.Config.Layout, layout));
            parameter.copy_(value);
        }
    }

    private static void Check(SafetensorsFile file, string path, MammutConfig config, string what)
    {
        WeightsReport report = Compare(file, config);
        if (!report.IsMatch)
            throw new WeightsException($"{path} does not fit {what}:{Environment.NewLine}{report}");
    }

    private static WeightsReport Compare(SafetensorsFile file, MammutConfig config)
    {
        ModelLayout layout = LayoutConversion.LayoutOf(file.Entries.Keys);
        return WeightsReport.Compare(
            ParameterShapes.Of(config).ToDictionary(p => LayoutConversion.Rename(p.Name, config.Layout, layout), p => p.Shape), file.Entries.Values);
    }

    private static MammutConfig ReadConfig(string path, string? configPath)
    {
        string[] candidates = configPath is not null ? [configPath] : [ConfigPath(path), Path.Combine(Path.GetDirectoryName(path) ?? "", "open_clip_config.json")];
        string found = candidates.FirstOrDefault(File.Exists)
            ?? throw new ModelConfigException($"{path} needs its model configuration: there is no {string.Join(" and no ", candidates)}.");
        try
        {
            return OpenClipConfig.Parse(File.ReadAllText(found), Path.GetFileNameWithoutExtension(path));
        }
        catch (Exception e) when (e is ModelConfigException or IOException or UnauthorizedAccessException)
        {
            throw new ModelConfigException($"{found}: {e.Message}", e);
        }
    }
}
