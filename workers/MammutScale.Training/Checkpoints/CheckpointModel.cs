using System.Globalization;
using MammutScale.Model;
using MammutScale.Storage;
using MammutScale.Training.Binding;
using MammutScale.Training.Configuration;
using MammutScale.Training.Parameters;
using MammutScale.Training.Runs;

namespace MammutScale.Training.Checkpoints;

/// <summary>The model of a checkpoint, without optimizer state: for export and evaluation.</summary>
/// <param name="Model">The caller disposes it.</param>
/// <param name="File">The run file it was trained with.</param>
/// <param name="Step">Committed steps.</param>
public sealed record CheckpointModel(Mammut Model, RunFile File, long Step)
{
    private const string Runs = "/runs/";
    private const string Checkpoints = "/checkpoints";

    /// <summary>Reads the weights, or their running average when the run kept one.</summary>
    /// <param name="path">…/runs/NAME/checkpoints/step-00001200, or …/runs/NAME for its newest; a folder or az:// address.</param>
    /// <param name="average">The running average of the weights instead of the last ones.</param>
    /// <exception cref="CheckpointException">There is none, or it is damaged.</exception>
    public static async Task<CheckpointModel> LoadAsync(string path, bool average = false, CancellationToken cancellation = default)
    {
        var (store, step) = Locate(path);
        step ??= (await store.ListAsync(cancellation)).Cast<long?>().FirstOrDefault() ?? throw new CheckpointException($"{path} has no checkpoint.");
        var manifest = await store.ReadManifestAsync(step.Value, cancellation);
        foreach (var part in manifest.Parts) await store.VerifyPartAsync(manifest, part, cancellation);
        if (average && !manifest.Buffers.Contains("ema")) throw new CheckpointException($"{path} holds no average of the weights; the run had no optim.ema.");
        var file = RunFile.Parse(manifest.RunFile);
        var embedding = manifest.Parameters.FirstOrDefault(p => p.Name == "text.token_embedding.weight") ?? throw new CheckpointException($"{path} is no checkpoint of a MaMMUT model.");
        var model = new Mammut(ModelShape.Resolve(file, (int)embedding.Shape[0]), initialize: false);
        try
        {
            await ReadAsync(new FlatReader(store, manifest), manifest, model, average ? "ema" : "weights", cancellation);
            return new CheckpointModel(model, file, manifest.Step);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static async Task ReadAsync(FlatReader reader, Manifest manifest, Mammut model, string buffer, CancellationToken cancellation)
    {
        var saved = manifest.Parameters.ToDictionary(p => p.Name);
        var copies = new List<FlatReader.Copy>();
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (!saved.TryGetValue(name, out var place) || !place.Shape.SequenceEqual(parameter.shape))
                throw new CheckpointException($"{CheckpointStore.NameOf(manifest.Step)} does not fit its own run file: {name} is {(place is null ? "missing" : $"[{string.Join(", ", place.Shape)}]")}, the model's is [{string.Join(", ", parameter.shape)}].");
            copies.Add(new FlatReader.Copy(buffer, place.Offset, parameter.numel(), HostMemory.Address(parameter)));
        }

        await reader.ReadAsync(copies, cancellation);
    }

    private static (CheckpointStore Store, long? Step) Locate(string path)
    {
        var full = path.StartsWith("az://", StringComparison.Ordinal) ? path.TrimEnd('/') : Path.GetFullPath(path).TrimEnd('/');
        var runs = full.LastIndexOf(Runs, StringComparison.Ordinal);
        if (runs < 0) throw new CheckpointException($"{path} is no checkpoint: expected …/runs/NAME/checkpoints/step-00001200 or …/runs/NAME.");
        var rest = full[(runs + Runs.Length)..];
        var inside = rest.IndexOf(Checkpoints, StringComparison.Ordinal);
        var store = new CheckpointStore(BlobStores.Open(full[..runs]), inside < 0 ? rest : rest[..inside]);
        var last = full[(full.LastIndexOf('/') + 1)..];
        return (store, last.StartsWith("step-", StringComparison.Ordinal) && long.TryParse(last.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null);
    }
}
