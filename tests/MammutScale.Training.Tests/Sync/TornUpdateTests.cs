using MammutScale.Training.Checkpoints;
using MammutScale.Training.Parameters;
using MammutScale.Training.Replicas;
using MammutScale.Training.Sync;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Sync;

public sealed class TornUpdateTests
{
    [Theory]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public void TheStepIsMadeWhole_WhenTheExchangeOfWeightsWasInterruptedEverywhere(int copies, bool whole)
    {
        using var folder = new TemporaryFolder();
        var file = TinyRun.File("train.zero=1", $"train.zero_copies={copies}");
        var expected = Ranks.Run(3, group =>
        {
            using var replica = TinyRun.Replica(file, group.Rank, 3);
            TinyTraining.Train(group, file, 2, replica);
            return Weights(replica);
        })[0];
        var replicas = Enumerable.Range(0, 3).Select(r => TinyRun.Replica(file, r, 3)).ToArray();
        Ranks.Run(3, group => TinyTraining.Train(group, file, 2, replicas[group.Rank]));
        for (var rank = 0; rank < 3; rank++)
        {
            // as if nothing of the others' weights had come
            var held = replicas[rank].Optimizer.Shards;
            for (long i = 0; i < held.World; i++)
            {
                foreach (var range in new ShardMap(replicas[rank].State.Layout, (int)i, 3).Owned.Where(o => held.Owned.All(h => h.Shard != o.Shard)))
                    TensorMemory.Floats(replicas[rank].State.Weights, range.Offset, range.Length).Fill(99);
            }

            replicas[rank].Pending = replicas[rank].Progress;
            replicas[rank].Progress = new Progress { Step = 1, Updates = 1 };
        }

        // rank 1 is gone
        Replica[] left = [replicas[0], replicas[2]];
        var recorder = new Recorder();
        Ranks.Run(2, group =>
        {
            var store = new CheckpointStore(Storage.BlobStores.Open(folder.Path), "test");
            var restore = new CheckpointRestore(group, left[group.Rank], store, recorder, "", default);
            return new StateSync(group, left[group.Rank], restore, recorder).Run();
        });

        foreach (var replica in left)
        {
            replica.IsTorn.ShouldBeFalse();
            replica.Progress.Step.ShouldBe(whole ? 2 : 0);
            if (whole) Weights(replica).SequenceEqual(expected).ShouldBeTrue();
        }

        Weights(left[0]).SequenceEqual(Weights(left[1])).ShouldBeTrue();
        foreach (var replica in replicas) replica.Dispose();
    }

    private static float[] Weights(Replica replica) => TensorMemory.Floats(replica.State.Weights, 0, replica.State.Layout.Length).ToArray();
}
