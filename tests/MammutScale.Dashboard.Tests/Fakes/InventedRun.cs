using MammutScale.Contracts;

namespace MammutScale.Dashboard.Tests.Fakes;

/// <summary>An invented run whose clock and steps the test moves.</summary>
internal sealed class InventedRun
{
    private readonly InventedCurves _curves;
    private readonly List<StepRecord> _steps = [];
    private long _sequence = 1;
    private int _attempt;

    public InventedRun(string name = "small-web3m-b1024", long steps = 15_370, DateTimeOffset? now = null, int seed = 1)
    {
        Name = name;
        _curves = new InventedCurves(Batch, seed);
        Now = now ?? TimeProvider.System.GetUtcNow();
        var at = Now;
        var times = new DateTimeOffset[steps + 1];
        for (long step = steps; step >= 0; step--)
        {
            times[step] = at;
            at -= TimeSpan.FromSeconds(InventedCurves.Phases(step, 0).Total);
            if (step is 9_613) at -= TimeSpan.FromMinutes(23);
        }
        StartedAt = at - TimeSpan.FromSeconds(20);
        for (long step = 1; step <= steps; step++) _steps.Add(_curves.At(step, times[step]));
        for (long step = 500; step <= steps; step += 500)
        {
            Checkpoints.Add(new CheckpointRecord { Step = step, At = times[step], Bytes = 1_420_000_000, WriteSeconds = 3.1, StallSeconds = 0.084, Verified = true });
            if (step % 1000 == 0) Evaluate(step, times[step]);
        }
        Checkpoints.RemoveAll(c => c.Step < steps - 1600 && c.Step % 5000 != 0);
        Note(RunEventKind.Submitted, 0, StartedAt, "Submitted by kim");
        if (steps > InventedCurves.NotFiniteAt) Note(RunEventKind.NonFinite, InventedCurves.NotFiniteAt, times[InventedCurves.NotFiniteAt], "Loss was not finite, the update of step 4,110 was skipped on all workers.");
        if (steps > 6_020) Note(RunEventKind.WorkerLost, 5_880, times[5_880], "Worker 6 lost, its process exited (137).");
        if (steps > 6_020) Note(RunEventKind.WorkerJoined, 6_020, times[6_020], "Worker 6 joined, generation 3, 8 workers; state received from worker 0 in 0.8 s.");
        if (steps > 9_612) Note(RunEventKind.Paused, 9_612, times[9_612], "Paused by kim, all 8 workers acknowledged in 0.9 s.");
        if (steps > 9_613) Note(RunEventKind.Resumed, 9_613, times[9_613], "kim resumed the run after 23 m.");
        if (steps > InventedCurves.SpikeAt) Note(RunEventKind.LossSpike, InventedCurves.SpikeAt, times[InventedCurves.SpikeAt], "Loss spike, 5.06 against an average of 2.58; back to normal after 140 steps.");
        if (steps > InventedCurves.LostAt) Note(RunEventKind.WorkerLost, InventedCurves.LostAt, times[InventedCurves.LostAt], "Worker 3 lost, process exited (137, out of memory). Back at work after 1.4 s, 0 steps lost; generation 5, 7 workers.");
        LostSince = steps > InventedCurves.LostAt ? times[InventedCurves.LostAt] : null;
        StateSince = steps > 9_613 ? times[9_613] : StartedAt;
    }

    public const int Batch = 1024;

    public string Name { get; }

    public DateTimeOffset Now { get; set; }

    public DateTimeOffset StartedAt { get; }

    public DateTimeOffset? EndedAt { get; set; }

    public DateTimeOffset StateSince { get; set; }

    public DateTimeOffset? LostSince { get; set; }

    public RunState State { get; set; } = RunState.Running;

    public string Reason { get; set; } = "";

    public int Workers { get; init; } = 8;

    public long TotalSteps { get; init; } = InventedCurves.TotalSteps;

    public PendingCommand? Pending { get; set; }

    public WorkerState? AllWorkers { get; set; }

    public List<CheckpointRecord> Checkpoints { get; } = [];

    public List<EvaluationRecord> Evaluations { get; } = [];

    public List<RunEvent> Events { get; } = [];

    public IReadOnlyList<StepRecord> Steps => _steps;

    public long Step => _steps.Count == 0 ? 0 : _steps[^1].Step;

    public bool IsSlow => Step >= InventedCurves.SlowAt;

    /// <summary>Commits steps; the clock goes on by what they take.</summary>
    public IReadOnlyList<StepRecord> Commit(int count)
    {
        var added = new List<StepRecord>();
        for (int i = 0; i < count; i++)
        {
            var step = _curves.At(Step + 1, Now);
            Now += TimeSpan.FromSeconds(step.Phases.Total);
            added.Add(step with { At = Now, Attempt = _attempt });
            _steps.Add(added[^1]);
        }
        _sequence++;
        return added;
    }

    /// <summary>The newest steps are lost; they will be done again.</summary>
    public void GoBack(int count)
    {
        _steps.RemoveRange(_steps.Count - count, count);
        _attempt++;
    }

    public void Change(Action<InventedRun> change)
    {
        change(this);
        _sequence++;
    }

    public void Note(RunEventKind kind, long step, DateTimeOffset at, string text)
        => Events.Add(new RunEvent { Sequence = Events.Count + 1, At = at, Kind = kind, Step = step, Text = text });

    private void Evaluate(long step, DateTimeOffset at)
    {
        double rise = 1 - Math.Exp(-step / 4200.0);
        Evaluations.Add(new EvaluationRecord
        {
            Step = step,
            At = at,
            Name = "retrieval",
            Candidates = 1000,
            ImageToTextR1 = 0.70 * rise,
            ImageToTextR5 = 0.86 * rise,
            ImageToTextR10 = 0.93 * rise,
            TextToImageR1 = 0.64 * rise,
            TextToImageR5 = 0.82 * rise,
            TextToImageR10 = 0.90 * rise,
        });
    }

    public RunSnapshot Snapshot()
    {
        double stepSeconds = _steps.Count == 0 ? 0 : Typical.Total;
        double wall = ((EndedAt ?? Now) - StartedAt).TotalSeconds;
        return new RunSnapshot
        {
            Sequence = _sequence,
            Submission = new RunSubmission
            {
                RunId = Name,
                Name = Name,
                Spec = $"name: {Name}\nseed: 7\ntrain:\n  global_batch: {Batch}\n  steps: {TotalSteps}\n",
                TotalSteps = TotalSteps,
                GlobalBatch = Batch,
                Lanes = 64,
                MinWorkers = 4,
                MaxWorkers = Workers,
                Store = "runs",
            },
            State = State,
            StateSince = StateSince,
            Reason = Reason,
            Generation = LostSince is null ? 4 : 5,
            StartedAt = StartedAt,
            Now = Now,
            Step = Step,
            SamplesPerSecond = State is RunState.Running && stepSeconds > 0 ? Batch / stepSeconds : 0,
            SecondsLeft = State is RunState.Running && stepSeconds > 0 ? (TotalSteps - Step) * stepSeconds : null,
            Restarts = LostSince is null ? 0 : 2,
            Latest = _steps.Count == 0 ? null : _steps[^1],
            Workers = [.. Enumerable.Range(0, Workers).Select(Worker)],
            Checkpoints = [.. Checkpoints],
            Evaluations = [.. Evaluations],
            Events = [.. Events],
            Sources = _steps.Count == 0 ? [] :
            [
                new SourceProgress { Name = "web-3m", Epochs = 3.71 * Step / 15_370, Lanes = 48, Samples = Step * 768 },
                new SourceProgress { Name = "scenes-v2", Epochs = 1.476 * Step / 15_370, Lanes = 12, Samples = Step * 195 },
                new SourceProgress { Name = "emoji", Epochs = 26.847 * Step / 15_370, Lanes = 4, Samples = Step * 61 },
            ],
            BadRows = Step / 900,
            Goodput = _steps.Count == 0 ? [] :
            [
                new CauseSeconds { Cause = "compute", Seconds = wall * 0.839 },
                new CauseSeconds { Cause = "communication", Seconds = wall * 0.052 },
                new CauseSeconds { Cause = "paused", Seconds = wall * 0.051 },
                new CauseSeconds { Cause = "data_wait", Seconds = wall * 0.025 },
                new CauseSeconds { Cause = "other", Seconds = wall * 0.023 },
                new CauseSeconds { Cause = "checkpoint", Seconds = wall * 0.006 },
                new CauseSeconds { Cause = "recovery", Seconds = wall * 0.003 },
                new CauseSeconds { Cause = "starting", Seconds = wall * 0.001 },
            ],
            EndedAt = EndedAt,
            Pending = Pending,
        };
    }

    // a median: no noise, and not the step that took a checkpoint
    private PhaseSeconds Typical => InventedCurves.Phases(Step % 500 == 0 ? Step + 1 : Step, 0);

    private WorkerView Worker(int number)
    {
        bool lost = number == 3 && LostSince is not null;
        var latest = _steps.Count == 0 ? new PhaseSeconds() : Typical;
        var phases = IsSlow && number != 5
            ? latest with { DataWait = 0.02, ExposedCommunication = latest.ExposedCommunication + latest.DataWait - 0.02 }
            : latest;
        var live = Enumerable.Range(0, Workers).Where(n => n != 3 || LostSince is null).ToArray();
        int rank = Array.IndexOf(live, number);
        int width = 64 / live.Length, extra = 64 % live.Length;
        return new WorkerView
        {
            WorkerId = $"worker-{number}",
            Rank = lost ? -1 : rank,
            Host = $"gpu-{(char)('a' + number / 4)}{number / 2 % 2 + 1}",
            ProcessId = 4100 + number,
            State = lost ? WorkerState.Lost : AllWorkers ?? (_steps.Count == 0 ? WorkerState.Starting : WorkerState.Training),
            FirstLane = lost ? 24 : rank * width + Math.Min(rank, extra),
            LaneCount = lost ? 8 : width + (rank < extra ? 1 : 0),
            Step = lost ? InventedCurves.LostAt : Step,
            LastSeen = lost ? LostSince!.Value : Now,
            Phases = lost ? new PhaseSeconds() : phases,
            ResidentBytes = 31_200_000_000 + number * 40_000_000,
            BadRows = number == 2 ? 17 : 0,
        };
    }
}
