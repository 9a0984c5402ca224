using MammutScale.Collectives;
using MammutScale.Training.Devices;
using MammutScale.Training.Phases;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Steps;

/// <summary>Whole steps over the NCCL group. What answers it stands in for NCCL: see tests/native.</summary>
public sealed class NcclTrainingTests
{
    [Theory]
    [InlineData(2, 0, 0, 1)]
    [InlineData(2, 1, 5, 1)]
    [InlineData(3, 1, 0, 2)]
    public void LossesEqualThoseOfTheTcpGroup_StepByStep(int world, int zero, int microBatch, int copies)
    {
        StandIn.SkipIfMissing();
        var file = TinyRun.File($"train.zero={zero}", $"train.zero_copies={copies}", $"train.micro_batch={microBatch}");
        var expected = Ranks.RunOverTcp(world, group => TinyTraining.Train(group, file, 10));

        var ranks = Ranks.Run(StandIn.Groups(world), group =>
        {
            group.Backend.ShouldBe("nccl");
            using var replica = TinyRun.Replica(file, group.Rank, world, device: TrainingDevice.CpuAsDevice);
            return TinyTraining.Train(group, file, 10, replica);
        });

        for (var step = 0; step < 10; step++)
        {
            foreach (var rank in ranks) rank[step].ShouldBe(ranks[0][step]);
            ranks[0][step].Loss.ShouldBe(expected[0][step].Loss, 1e-5);
        }
    }

    [Fact]
    public void TheStepIsNotCommitted_WhenAPeerIsGone()
    {
        StandIn.SkipIfMissing();
        var file = TinyRun.File("train.zero=1");
        var groups = StandIn.Groups(2);
        using var survivor = TinyRun.Replica(file, 0, 2, device: TrainingDevice.CpuAsDevice);

        var failure = Should.Throw<Exception>(() => Ranks.Run(groups, group =>
        {
            if (group.Rank == 0) return TinyTraining.Train(group, file, 10, survivor);
            using var replica = TinyRun.Replica(file, 1, 2, device: TrainingDevice.CpuAsDevice);
            TinyTraining.Train(group, file, 3, replica);
            throw new InvalidOperationException("the machine burns");
        }));

        failure.Message.ShouldBe("the machine burns");
        survivor.Progress.Step.ShouldBe(3);
        // the same process goes on in another group
        var alone = Ranks.Run(StandIn.Groups(1, generation: 2), group => TinyTraining.Train(group, TinyRun.File("train.zero=0"), 2))[0];
        alone.Length.ShouldBe(2);
    }

    [Fact]
    public void PhasesAreWhatTheDeviceDoesBetweenMarks()
    {
        StandIn.SkipIfMissing();
        using var clock = new PhaseClock(TimeProvider.System, StreamMarks.Open(0));
        var stretches = new List<(Phase Phase, long Start, long End)>();
        clock.Stretch = (phase, start, end) => stretches.Add((phase, start, end));
        var before = TimeProvider.System.GetTimestamp();
        using (clock.Enter(Phase.Backward))
        {
            Spin(20);
            using (clock.Enter(Phase.Communication)) Spin(40);
        }

        var phases = clock.EndStep();

        phases.Backward.ShouldBeGreaterThan(0.0199);
        phases.Communication.ShouldBeGreaterThan(0.0399);
        phases.Total.ShouldBeLessThan(TimeProvider.System.GetElapsedTime(before).TotalSeconds + 0.5);
        stretches.Select(s => s.Phase).ShouldBe([Phase.Other, Phase.Backward, Phase.Communication, Phase.Backward, Phase.Other]);
        for (var i = 1; i < stretches.Count; i++) stretches[i].Start.ShouldBe(stretches[i - 1].End);
        stretches[1].Start.ShouldBeGreaterThan(before - (TimeProvider.System.TimestampFrequency / 100));
        clock.EndStep().Communication.ShouldBe(0);
    }

    private static void Spin(int milliseconds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start).TotalMilliseconds < milliseconds) Thread.Yield();
    }
}
