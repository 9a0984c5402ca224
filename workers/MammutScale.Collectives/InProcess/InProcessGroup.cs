using MammutScale.Collectives.InProcess;
using MammutScale.Collectives.Operations;

namespace MammutScale.Collectives;

/// <summary>Ranks that are threads of one process and read each other's memory; for tests and single-process runs.</summary>
public sealed class InProcessGroup : QueuedGroup
{
    private readonly Meeting _meeting;
    private readonly ManualResetEventSlim _wake = new();

    private InProcessGroup(int rank, Meeting meeting)
        : base(rank, meeting.World)
    {
        _meeting = meeting;
        Start();
    }

    public override string Backend => "in-process";

    /// <summary>One group a rank, in rank order. Dispose every one of them.</summary>
    public static ICollectives[] Create(int world)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(world, 1);
        var meeting = new Meeting(world);
        return [.. Enumerable.Range(0, world).Select(rank => new InProcessGroup(rank, meeting))];
    }

    private protected override void Run(Operation operation)
    {
        _meeting.Enter(Rank, operation);
        _meeting.Arrive();
        _meeting.CheckAgreement(Rank);
        MeetingWork.FirstHalf(operation, _meeting.Operations, Rank);
        _meeting.Arrive();
        MeetingWork.SecondHalf(operation, _meeting.Operations, Rank);
        _meeting.Arrive();
    }

    private protected override void Idle()
    {
        if (!HasWork) _wake.Wait();
        _wake.Reset();
    }

    private protected override void Wake(bool ending)
    {
        _wake.Set();
        // a wait inside an operation ends through the meeting
        if (Aborted is { } abort) _meeting.Fail(abort);
    }

    private protected override void Close(CollectiveException? failure) =>
        _meeting.Fail(failure ?? new CollectiveException($"Rank {Rank} has left the group.", Rank));
}
