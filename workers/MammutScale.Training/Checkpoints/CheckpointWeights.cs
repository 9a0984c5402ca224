using MammutScale.Model;
using MammutScale.Model.Tubes;
using MammutScale.Training.Configuration;
using MammutScale.Training.Parameters;
using TorchSharp.Modules;

namespace MammutScale.Training.Checkpoints;

/// <summary>A model read from a checkpoint, for evaluation and export; the caller disposes it.</summary>
/// <param name="Model">With the saved weights, float32.</param>
/// <param name="Video">Its tubes; null of a run of pictures.</param>
/// <param name="File">The run file that the checkpoint was made with.</param>
/// <param name="Manifest">What the checkpoint is.</param>
public sealed record CheckpointModel(Mammut Model, VideoEncoder? Video, RunFile File, Manifest Manifest) : IDisposable
{
    public void Dispose()
    {
        Video?.Dispose();
        Model.Dispose();
    }
}

/// <summary>Reads weights without optimizer state.</summary>
public static class CheckpointWeights
{
    /// <summary>The verified checkpoint of a step, or the newest good one.</summary>
    /// <param name="store">Of the run.</param>
    /// <param name="step">Null takes the newest that is not damaged.</param>
    /// <param name="ema">Takes the running mean of the weights.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CheckpointException">There is none, it is damaged, or keeps no running mean.</exception>
    public static async Task<CheckpointModel> ReadAsync(CheckpointStore store, long? step = null, bool ema = false, CancellationToken cancellation = default)
    {
        var manifest = await FindAsync(store, step, cancellation);
        if (ema && !manifest.Buffers.Contains("ema"))
            throw new CheckpointException($"{CheckpointStore.NameOf(manifest.Step)} keeps no running mean of the weights; train with optim.ema, or leave it out.");
        var file = RunFile.Parse(manifest.RunFile);
        var shapes = manifest.Parameters.ToDictionary(p => p.Name);
        var vocabulary = shapes.TryGetValue("text.token_embedding.weight", out var embedding) ? (int)embedding.Shape[0] : (int?)null;
        var model = new Mammut(ModelShape.Resolve(file, vocabulary), initialize: false);
        var video = manifest.VideoTubes is { } tubes ? new VideoEncoder(model, VideoConfigJson.Parse(tubes)) : null;
        try
        {
            var parameters = model.named_parameters().Select(p => (p.name, p.parameter)).Concat(video?.NamedParameters() ?? []);
            await FillAsync(store, manifest, parameters, ema ? "ema" : "weights", cancellation);
            return new CheckpointModel(model, video, file, manifest);
        }
        catch
        {
            video?.Dispose();
            model.Dispose();
            throw;
        }
    }

    private static async Task<Manifest> FindAsync(CheckpointStore store, long? step, CancellationToken cancellation)
    {
        var candidates = step is { } wanted ? [wanted] : await store.ListAsync(cancellation);
        CheckpointException? fault = null;
        foreach (var candidate in candidates)
        {
            try
            {
                var manifest = await store.ReadManifestAsync(candidate, cancellation);
                foreach (var part in manifest.Parts) await store.VerifyPartAsync(manifest, part, cancellation);
                return manifest;
            }
            catch (CheckpointException e)
            {
                fault ??= e;
            }
        }

        throw fault ?? new CheckpointException($"{store.Blobs.Address} holds no checkpoint of run {store.Run}.");
    }

    private static async Task FillAsync(CheckpointStore store, Manifest manifest, IEnumerable<(string Name, Parameter Parameter)> parameters, string buffer, CancellationToken cancellation)
    {
        var saved = manifest.Parameters.ToDictionary(p => p.Name);
        var copies = new List<RangeCopy>();
        foreach (var (name, parameter) in parameters)
        {
            if (!saved.TryGetValue(name, out var place) || !place.Shape.SequenceEqual(parameter.shape))
                throw new CheckpointException($"{CheckpointStore.NameOf(manifest.Step)} is of another model: {name} {(place is null ? "is missing" : $"is [{string.Join(", ", place.Shape)}], expected [{string.Join(", ", parameter.shape)}]")}.");
            copies.Add(new RangeCopy(buffer, place.Offset, parameter.numel(), TensorMemory.Address(parameter)));
        }

        await new FlatReader(store, manifest).ReadAsync(copies, cancellation);
    }
}
