using System.Text.Json;
using MammutScale.Storage;
using Orleans.Storage;

namespace MammutScale.Coordinator.Persistence;

/// <summary>
/// Grain state as JSON blobs under the coordinator's store, guarded by ETags: of two coordinators that both think they own a run
/// only one can write. The state named "run" of run R is runs/R/coordinator.json, others are coordinator/NAME.json.
/// </summary>
internal sealed class BlobGrainStorage(IBlobStore store) : IGrainStorage
{
    public const string Name = "mammut";
    public const string RunState = "run";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = Key(stateName, grainId);
        if (await store.TryReadAllAsync(key) is not { } content)
        {
            grainState.State = Activator.CreateInstance<T>();
            grainState.ETag = null;
            grainState.RecordExists = false;
            return;
        }

        try
        {
            grainState.State = JsonSerializer.Deserialize<T>(content.Bytes, StoreJson.Options)!;
        }
        catch (JsonException e)
        {
            throw new CoordinatorException($"'{key}' in {store.Address} cannot be read as the state of a coordinator: {e.Message}. Move it away to start without it.", e);
        }

        grainState.ETag = content.Blob.ETag;
        grainState.RecordExists = true;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = Key(stateName, grainId);
        var condition = grainState.ETag is { } tag ? BlobCondition.IfMatch(tag) : BlobCondition.CreateOnly;
        try
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(grainState.State, StoreJson.Options);
            var written = await store.WriteAsync(key, bytes, condition);
            grainState.ETag = written.ETag;
            grainState.RecordExists = true;
        }
        catch (StorageException e) when (e.Fault == StorageFault.ConditionFailed)
        {
            throw new InconsistentStateException($"'{key}' in {store.Address} was written by another coordinator.", "?", grainState.ETag ?? "", e);
        }
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await store.DeleteAsync(Key(stateName, grainId), grainState.ETag is { } tag ? BlobCondition.IfMatch(tag) : default);
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static string Key(string stateName, GrainId grainId)
        => stateName == RunState ? $"runs/{grainId.Key}/coordinator.json" : $"coordinator/{stateName}.json";
}
