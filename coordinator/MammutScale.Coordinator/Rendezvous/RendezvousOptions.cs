namespace MammutScale.Coordinator.Rendezvous;

/// <summary>How long the coordinator waits for what. One value for all runs of a coordinator.</summary>
internal sealed record RendezvousOptions
{
    /// <summary>A first gathering below max_workers goes ahead when nobody new has come for so long.</summary>
    public TimeSpan InitialSettle { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same when survivors hold the state: they go on at once, and later comers join at a step boundary.</summary>
    public TimeSpan RecoverySettle { get; init; } = TimeSpan.FromSeconds(0.2);

    /// <summary>Silence after which a worker that trains or waits is lost.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>The same while it starts (reads the run file, opens data, builds the model).</summary>
    public TimeSpan StartingHeartbeat { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The same while it evaluates.</summary>
    public TimeSpan EvaluatingHeartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A survivor that has not come back so long after it was told to regroup is lost.</summary>
    public TimeSpan Rejoin { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>After a start of the coordinator: workers may take so long to find it again.</summary>
    public TimeSpan Reconnect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The first step of a generation may take so long.</summary>
    public TimeSpan FirstStep { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Evaluation and the end of the run may go without a step for so long.</summary>
    public TimeSpan Evaluation { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>No limit on a step is shorter than this.</summary>
    public TimeSpan StepFloor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A step may take so many times the slowest of the recent ones.</summary>
    public double StepFactor { get; init; } = 10;

    /// <summary>A pause or stop that workers do not follow within this time is enforced.</summary>
    public TimeSpan CommandGrace { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The run fails after so many generations in a row without a committed step.</summary>
    public int BarrenGenerations { get; init; } = 8;

    /// <summary>Gap between two ticks from which on the coordinator itself was asleep and blames nobody.</summary>
    public TimeSpan OwnStall { get; init; } = TimeSpan.FromSeconds(1);
}
