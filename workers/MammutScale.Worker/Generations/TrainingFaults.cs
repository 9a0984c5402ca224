using MammutScale.Collectives;
using MammutScale.DataLoader;
using MammutScale.DataLoader.Indexing;
using MammutScale.DataLoader.Places;
using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Subsets;
using MammutScale.Storage;
using MammutScale.Training.Binding;
using MammutScale.Training.Checkpoints;
using MammutScale.Training.Events;

namespace MammutScale.Worker.Generations;

/// <summary>What an exception of the training thread means for the run.</summary>
internal static class TrainingFaults
{
    public static GenerationResult Judge(Exception fault, Requests requests) => fault switch
    {
        OperationCanceledException or CollectiveException when requests.Aborted.IsCancellationRequested => new GenerationResult.Dropped(requests.AbortReason),
        CollectiveException e => new GenerationResult.Broken(e.Message, e.FailedRank),
        RunSpecException or TrainingException or CheckpointException or DataFormatException or DataPlanException
            or IndexException or DataPlaceException or SubsetException
            => new GenerationResult.Fatal(fault.Message),
        // what another machine or another minute may see differently is no reason to give the run up
        StorageException { Fault: StorageFault.NotFound or StorageFault.Denied or StorageFault.Invalid } => new GenerationResult.Fatal(fault.Message),
        StorageException e => new GenerationResult.Broken(e.Message, null),
        _ => new GenerationResult.Crashed(fault),
    };
}
