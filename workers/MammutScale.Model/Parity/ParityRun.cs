using System.Text.Json;
using MammutScale.Model.Configuration;
using MammutScale.Model.Weights;

namespace MammutScale.Model.Parity;

/// <summary>
/// Runs a reference fixture: a safetensors file with weights, inputs and expected results, and beside it a JSON file of the
/// same name with configuration, optimizer and tolerances (no JSON: a fixture of the contrastive losses alone).
/// </summary>
public static class ParityRun
{
    /// <param name="path">The fixture's safetensors file.</param>
    /// <exception cref="WeightsException">The file cannot be read, or its weights do not fit its configuration.</exception>
    /// <exception cref="ModelConfigException">The JSON describes no model that can be built.</exception>
    public static ParityReport Run(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        string name = Path.GetFileNameWithoutExtension(path), description = Path.ChangeExtension(path, ".json");
        if (file.Entries.ContainsKey("input/image_features"))
            return new(name, ContrastiveParity.Run(file));
        if (!File.Exists(description))
            throw new WeightsException($"{description}: a fixture needs its configuration beside it, there is no such file.");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(description));
            return new(name, ModelParity.Run(file, Config(json.RootElement, name), json.RootElement));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ModelConfigException($"{description} does not describe a fixture: {e.Message}", e);
        }
    }

    private static MammutConfig Config(JsonElement root, string name)
    {
        MammutConfig config = OpenClipConfig.Read(root.GetProperty("config"), name);
        return root.TryGetProperty("pad_id", out JsonElement pad) ? config with { Text = config.Text with { PadId = pad.GetInt32() } } : config;
    }
}
