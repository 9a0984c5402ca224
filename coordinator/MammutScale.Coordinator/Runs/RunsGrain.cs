using MammutScale.Contracts;
using MammutScale.Coordinator.Persistence;

namespace MammutScale.Coordinator.Runs;

/// <summary>The list of runs; asked by people only, never by workers.</summary>
internal sealed class RunsGrain([PersistentState("runs", BlobGrainStorage.Name)] IPersistentState<RunsDocument> document) : Grain, IRunsGrain
{
    public async Task<IReadOnlyList<RunSnapshot>> List()
    {
        var asked = document.State.Ids.Select(id => GrainFactory.GetGrain<IRunGrain>(id).GetSnapshot()).ToList();
        var told = await Task.WhenAll(asked);
        return [.. told.OfType<RunSnapshot>().OrderByDescending(r => r.StartedAt)];
    }

    public async Task Register(string runId)
    {
        if (document.State.Ids.Contains(runId)) return;
        document.State.Ids.Add(runId);
        await document.WriteStateAsync();
    }
}
