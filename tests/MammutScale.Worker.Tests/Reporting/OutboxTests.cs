using MammutScale.Contracts;
using MammutScale.Worker.Reporting;

namespace MammutScale.Worker.Tests.Reporting;

public sealed class OutboxTests
{
    private static readonly WorkerReport Empty = new() { WorkerId = "w", Generation = 1, State = WorkerState.Training, Step = 0, Phases = new(), ResidentBytes = 0, BadRows = 0 };

    [Fact]
    public void NewsStaysUntilItHasArrived_WhenAReportIsLost()
    {
        var outbox = new Outbox();
        outbox.Add(Step(1));
        outbox.Add(new RunEvent { Sequence = 0, At = default, Kind = RunEventKind.LossSpike, Step = 1, Text = "a spike" });
        var lost = outbox.Fill(Empty, isRankZero: true);
        outbox.Add(Step(2));
        outbox.Fill(Empty, true).Steps.Select(s => s.Step).ShouldBe([1, 2]);
        outbox.Acknowledge(lost, true);
        var next = outbox.Fill(Empty, true);
        next.Steps.Select(s => s.Step).ShouldBe([2]);
        next.Events.ShouldBeEmpty();
        outbox.Acknowledge(next, true);
        outbox.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void NewRankZeroTellsWhatIsMissing_WhenItsPredecessorDied()
    {
        var outbox = new Outbox();
        for (var s = 1; s <= 10; s++) outbox.Add(Step(s));
        var report = outbox.Fill(Empty, isRankZero: false);
        report.Steps.ShouldBeEmpty("only rank 0 tells of steps");
        outbox.Acknowledge(report, isRankZero: false);
        outbox.TellAgainAfter(recorded: 7, committed: 9);
        outbox.Fill(Empty, true).Steps.Select(s => s.Step).ShouldBe([8, 9], "10 was not committed by those who go on");
    }

    [Fact]
    public void StepsThatWereLostAreToldFirst_WhenTheCoordinatorCameBackWithoutThem()
    {
        var outbox = new Outbox();
        for (var s = 1; s <= 4; s++) outbox.Add(Step(s));
        outbox.Knows(Orders("first life", 0), isRankZero: true).ShouldBeTrue("nothing was known before");
        outbox.Acknowledge(outbox.Fill(Empty, true), true);
        outbox.Add(Step(5));
        outbox.Fill(Empty, true).Activation.ShouldBe("first life");

        outbox.Knows(Orders("second life", 2), isRankZero: true).ShouldBeFalse();

        var again = outbox.Fill(Empty, true);
        again.Activation.ShouldBe("second life");
        again.Steps.Select(s => s.Step).ShouldBe([3, 4, 5]);
        outbox.Knows(Orders("second life", 5), isRankZero: true).ShouldBeTrue();
    }

    [Fact]
    public void CheckpointsAndEventsAreToldAgain_WhenTheCoordinatorCameBackWithoutThem()
    {
        var outbox = new Outbox();
        outbox.Add(new CheckpointRecord { Step = 10, At = default, Bytes = 1, WriteSeconds = 1, StallSeconds = 0 });
        outbox.Add(Event("a spike"));
        outbox.Knows(Orders("first life", 0), isRankZero: true).ShouldBeTrue();
        outbox.Acknowledge(outbox.Fill(Empty, true), true);
        outbox.Add(Event("another"));

        outbox.Knows(Orders("second life", 0), isRankZero: true).ShouldBeFalse();

        var again = outbox.Fill(Empty, true);
        again.Checkpoints.Select(c => c.Step).ShouldBe([10]);
        again.Events.Select(e => (e.Sequence, e.Text)).ShouldBe([(1, "a spike"), (2, "another")], "numbers stay, so that what is still known is not taken twice");
        outbox.Acknowledge(again, true);
        outbox.IsEmpty.ShouldBeTrue();
    }

    private static RunEvent Event(string text) => new() { Sequence = 0, At = default, Kind = RunEventKind.LossSpike, Step = 1, Text = text };

    private static WorkerOrders Orders(string activation, long recorded) => new() { Directive = Directive.Continue, Activation = activation, RecordedStep = recorded };

    private static StepRecord Step(long step) => new()
    {
        Step = step,
        Generation = 1,
        At = default,
        Loss = 1,
        Contrastive = 1,
        Captioning = 1,
        LearningRate = 1,
        GradNorm = 1,
        LogitScale = 1,
        Samples = 1,
        Phases = new(),
    };
}
