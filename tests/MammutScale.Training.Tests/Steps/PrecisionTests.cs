using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Steps;

public sealed class PrecisionTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 4)]
    public void LossesFollowThoseOfFp32_WhenTheModelComputesInBf16(int world, int microBatch)
    {
        var expected = TinyTraining.Alone(TinyRun.File(), 20);
        var file = TinyRun.File("train.precision=bf16", "train.zero=1", $"train.micro_batch={microBatch}");
        var found = Ranks.Run(world, group => TinyTraining.Train(group, file, 20))[0];

        for (var step = 0; step < 20; step++) found[step].Loss.ShouldBe(expected[step].Loss, 0.03 * expected[step].Loss);
        found[^1].Loss.ShouldBeLessThan(found[0].Loss);
    }

    [Fact]
    public void OptimizerStateFallsWithTheWorld_WhenItIsSharded()
    {
        long Bytes(int rank, int world, int zero, int copies = 1)
        {
            using var replica = TinyRun.Replica(TinyRun.File($"train.zero={zero}", $"train.zero_copies={copies}"), rank, world);
            return replica.Optimizer.StateBytes;
        }

        var whole = Bytes(0, 1, 0);
        Bytes(0, 4, 0).ShouldBe(whole);
        Enumerable.Range(0, 4).Sum(r => Bytes(r, 4, 1)).ShouldBe(whole);
        Enumerable.Range(0, 4).Sum(r => Bytes(r, 4, 1, 2)).ShouldBe(2 * whole);
        Enumerable.Range(0, 4).Max(r => Bytes(r, 4, 1)).ShouldBeLessThan(whole * 35 / 100);
    }

    [Fact]
    public void BucketsAreOnTheirWayBeforeBackwardReturns_WhenThereAreSeveral()
    {
        var file = TinyRun.File();
        var early = Ranks.Run(2, group =>
        {
            using var replica = TinyRun.Replica(file, group.Rank, 2);
            using var trainer = new Training.Steps.Trainer(replica, file, group, 50, new Training.Phases.PhaseClock(TimeProvider.System));
            using var batch = TinyRun.Batch(0, group.Rank * 4, 4);
            trainer.Step(batch);
            return (trainer.BucketsStartedEarly, replica.State.Layout.Buckets.Count);
        });

        early[0].ShouldBe(early[1]);
        early[0].Count.ShouldBeGreaterThan(8);
        early[0].BucketsStartedEarly.ShouldBeGreaterThan(early[0].Count - 4);
    }
}
