using MammutScale.Model.Tubes;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MammutScale.Model.Weights;

/// <summary>
/// Video tubes beside an open_clip weight file, whose format has no place for them: <c>w.video.safetensors</c> beside
/// <c>w.safetensors</c>, with the names of <see cref="VideoEncoder.NamedParameters"/> and, as metadata, where the tubes lie.
/// </summary>
public static class VideoFiles
{
    private const string Key = "video";

    /// <summary>Where the tubes of a weight file lie.</summary>
    public static string PathOf(string weights) => Path.ChangeExtension(weights, ".video.safetensors");

    /// <summary>Writes the tubes beside their model's weights, in their own dtype.</summary>
    /// <returns>The file.</returns>
    /// <exception cref="WeightsException">The file cannot be written.</exception>
    public static string Export(VideoEncoder video, string weights)
    {
        string path = PathOf(weights);
        List<(string Name, Tensor Value)> tensors = [.. video.NamedParameters().Select(p => (p.Name, (Tensor)p.Parameter)).OrderBy(p => p.Name, StringComparer.Ordinal)];
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string> { ["format"] = "pt", [Key] = VideoConfigJson.Write(video.Config) });
        return path;
    }

    /// <summary>Where the tubes beside a weight file lie in a clip; null when there are none.</summary>
    /// <exception cref="WeightsException">The file is damaged or does not say it.</exception>
    public static VideoConfig? Find(string weights)
    {
        string path = PathOf(weights);
        if (!File.Exists(path))
            return null;
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return ConfigOf(file, path);
    }

    /// <summary>A model's video encoder with the tubes of the file beside its weights.</summary>
    /// <exception cref="WeightsException">There is no such file, or it does not fit the model.</exception>
    public static VideoEncoder Import(Mammut model, string weights)
    {
        VideoConfig config = Find(weights) ?? throw new WeightsException($"{PathOf(weights)}: there is no such file.");
        try
        {
            VideoEncoder video = new(model, config);
            try
            {
                Load(video, weights);
                return video;
            }
            catch
            {
                video.Dispose();
                throw;
            }
        }
        catch (ModelConfigException e)
        {
            throw new WeightsException($"{PathOf(weights)}: {e.Message}", e);
        }
    }

    /// <summary>Fills a video encoder's tubes from the file beside a weight file.</summary>
    /// <exception cref="WeightsException">There is no such file, or its tubes are others: with the table by name.</exception>
    public static void Load(VideoEncoder video, string weights)
    {
        string path = PathOf(weights);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        (string found, string expected) = (VideoConfigJson.Write(ConfigOf(file, path)), VideoConfigJson.Write(video.Config));
        Dictionary<string, Parameter> parameters = video.NamedParameters().ToDictionary(p => p.Name, p => p.Parameter);
        WeightsReport report = WeightsReport.Compare(parameters.ToDictionary(p => p.Key, p => p.Value.shape), file.Entries.Values);
        if (!report.IsMatch)
            throw new WeightsException($"{path} does not fit the model's tubes:{Environment.NewLine}{report}");
        if (found != expected)
            throw new WeightsException($"{path} holds tubes that lie elsewhere in a clip: found {found}, expected {expected}.");
        using var gradient = no_grad();
        foreach ((string name, Parameter parameter) in parameters)
        {
            using Tensor value = file.Read(name);
            parameter.copy_(value);
        }
    }

    private static VideoConfig ConfigOf(SafetensorsFile file, string path)
    {
        try
        {
            return VideoConfigJson.Parse(file.Metadata.GetValueOrDefault(Key) ?? throw new WeightsException($"{path}: its metadata has no key '{Key}' that says where the tubes lie."));
        }
        catch (ModelConfigException e)
        {
            throw new WeightsException($"{path}: {e.Message}", e);
        }
    }
}
