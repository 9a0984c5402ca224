using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Steps;

public sealed class GoldenTests
{
    [Fact]
    public void TwoRunsOfOneBuildAreEqualBitForBit()
    {
        var first = TinyTraining.Alone(TinyRun.File(), 5);

        TinyTraining.Alone(TinyRun.File(), 5).ShouldBe(first);
    }
}
