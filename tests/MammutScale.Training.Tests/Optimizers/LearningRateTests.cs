using MammutScale.Training.Configuration;
using MammutScale.Training.Optimizers;

namespace MammutScale.Training.Tests.Optimizers;

public sealed class LearningRateTests
{
    [Fact]
    public void TheRateRisesThenFallsToItsFloor_WithCosine()
    {
        var rate = new LearningRate(new OptimSection { Lr = 2, WarmupSteps = 4, FinalShare = 0.1 }, 104);

        rate.At(0).ShouldBe(0.5);
        rate.At(3).ShouldBe(2);
        rate.At(4).ShouldBe(2);
        rate.At(54).ShouldBe(2 * (0.1 + 0.9 * 0.5), 1e-12);
        rate.At(104).ShouldBe(0.2, 1e-12);
    }

    [Fact]
    public void TheRateFallsOnALine_WithLinear()
    {
        var rate = new LearningRate(new OptimSection { Lr = 1, WarmupShare = 0.1, Schedule = ScheduleKind.Linear }, 100);

        rate.WarmupSteps.ShouldBe(10);
        rate.At(55).ShouldBe(0.5, 1e-12);
        rate.At(100).ShouldBe(0, 1e-12);
    }
}
