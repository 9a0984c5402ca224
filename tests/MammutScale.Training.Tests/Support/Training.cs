using MammutScale.Collectives;
using MammutScale.DataLoader.Pipeline;
using MammutScale.Training.Configuration;
using MammutScale.Training.Phases;
using MammutScale.Training.Replicas;
using MammutScale.Training.Steps;

namespace MammutScale.Training.Tests.Support;

internal static class TinyTraining
{
    /// <summary>Trains one rank and returns what every step gave.</summary>
    public static StepResult[] Train(ICollectives group, RunFile file, int steps, Replica? replica = null, Func<long, int, int, Batch>? batches = null)
    {
        var own = replica is null ? TinyRun.Replica(file, group.Rank, group.WorldSize) : null;
        using var trainer = new Trainer(replica ?? own!, file, group, 50, new PhaseClock(TimeProvider.System));
        var results = new StepResult[steps];
        for (var i = 0; i < steps; i++)
        {
            var step = (replica ?? own!).Progress.NextBatch;
            var (first, count) = Ranks.Part(file.Train.GlobalBatch, group.Rank, group.WorldSize);
            using var batch = (batches ?? TinyRun.Batch)(step, first, count);
            results[i] = trainer.Step(batch);
        }

        own?.Dispose();
        return results;
    }

    /// <summary>The run of a single rank that others are compared with.</summary>
    public static StepResult[] Alone(RunFile file, int steps, Func<long, int, int, Batch>? batches = null) => Ranks.Run(1, group => Train(group, file, steps, batches: batches))[0];
}
