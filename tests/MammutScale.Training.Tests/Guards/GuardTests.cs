using MammutScale.DataLoader.Planning;
using MammutScale.Training.Events;
using MammutScale.Training.Guards;

namespace MammutScale.Training.Tests.Guards;

public sealed class GuardTests
{
    [Fact]
    public void ASpikeIsSeenOnceAndDoesNotRaiseTheMean_WhenTheLossJumps()
    {
        var detector = new SpikeDetector(6, 16);
        for (var i = 0; i < 40; i++) detector.Next(3 + 0.05 * Math.Sin(i)).ShouldBeFalse();

        detector.Next(5).ShouldBeTrue();
        detector.Next(5).ShouldBeTrue();
        detector.InARow.ShouldBe(2);
        detector.Next(3).ShouldBeFalse();
        detector.InARow.ShouldBe(0);
        detector.Next(double.NaN).ShouldBeFalse();
    }

    [Fact]
    public void ANewLevelIsAcceptedInTheEnd_WhenTheLossStaysHigh()
    {
        var detector = new SpikeDetector(6, 16);
        for (var i = 0; i < 20; i++) detector.Next(3);
        for (var i = 0; i < 40; i++) detector.Next(5);

        detector.Next(5).ShouldBeFalse();
    }

    [Fact]
    public void TheRunStopsWithStepsAndRows_WhenTooManyUpdatesInARowAreSkipped()
    {
        var limit = new SkipLimit(2, row => $"web: a.parquet, row {row.Row} of row group {row.RowGroup}");
        SampleId[] rows = [.. Enumerable.Range(0, 10).Select(i => new SampleId(0, 4, i))];
        limit.Observe(5, true, rows);
        limit.Observe(6, false, rows);
        limit.Observe(7, true, rows);
        limit.Observe(8, true, rows);

        var stop = Should.Throw<TrainingException>(() => limit.Observe(9, true, rows));
        stop.Message.ShouldContain("steps 7 to 9");
        stop.Message.ShouldContain("web: a.parquet, row 0 of row group 4; web: a.parquet, row 1");
        stop.Message.ShouldContain("and 2 more");
    }

    [Theory]
    [InlineData(new ulong[] { 5, 5, 5 }, null)]
    [InlineData(new ulong[] { 5, 5, 7 }, 2)]
    [InlineData(new ulong[] { 7, 5, 5 }, 0)]
    public void TheOddRankIsNamed_WhenWeightsDiffer(ulong[] hashes, int? odd) => HashCheck.Odd(hashes).ShouldBe(odd);
}
