using MammutScale.Contracts;

namespace MammutScale.Worker.Reporting;

/// <summary>
/// News of the training thread on its way to the coordinator. What has been sent stays until it is acknowledged, so a coordinator
/// that is away for an hour misses nothing; beyond a bound the oldest steps go.
/// </summary>
internal sealed class Outbox
{
    private const int MostSteps = 100_000;
    private const int StepsAtOnce = 500;
    private const int StepsKept = 1_000;
    private readonly Lock _gate = new();
    private readonly List<StepRecord> _steps = [];
    private readonly List<CheckpointRecord> _checkpoints = [];
    private readonly List<EvaluationRecord> _evaluations = [];
    private readonly List<RunEvent> _events = [];
    private readonly Queue<StepRecord> _told = new();
    private IReadOnlyList<SourceProgress> _sources = [];
    private string _activation = "";

    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _steps.Count + _checkpoints.Count + _evaluations.Count + _events.Count == 0;
        }
    }

    public void Add(StepRecord step)
    {
        lock (_gate)
        {
            _steps.Add(step);
            if (_steps.Count > MostSteps) _steps.RemoveRange(0, _steps.Count - MostSteps);
        }
    }

    public void Add(CheckpointRecord checkpoint)
    {
        lock (_gate) _checkpoints.Add(checkpoint);
    }

    public void Add(EvaluationRecord evaluation)
    {
        lock (_gate) _evaluations.Add(evaluation);
    }

    public void Add(RunEvent happened)
    {
        lock (_gate) _events.Add(happened);
    }

    public void Set(IReadOnlyList<SourceProgress> sources)
    {
        lock (_gate) _sources = sources;
    }

    /// <summary>Adds what there is to <paramref name="report"/>; only rank 0 tells of steps.</summary>
    public WorkerReport Fill(WorkerReport report, bool isRankZero)
    {
        lock (_gate)
        {
            return report with
            {
                Activation = _activation,
                Steps = isRankZero ? [.. _steps.Take(StepsAtOnce)] : [],
                Checkpoints = [.. _checkpoints],
                Evaluations = [.. _evaluations],
                Events = [.. _events],
                Sources = isRankZero ? _sources : [],
            };
        }
    }

    /// <summary>
    /// Whether the report that was answered with <paramref name="orders"/> was taken. If not, the coordinator has come back without
    /// its newest records: the steps that it lost are then the first to be told again.
    /// </summary>
    public bool Knows(WorkerOrders orders, bool isRankZero)
    {
        lock (_gate)
        {
            var taken = _activation.Length == 0 || _activation == orders.Activation;
            _activation = orders.Activation;
            if (taken) return true;
            if (isRankZero)
            {
                _steps.InsertRange(0, _told.Where(s => s.Step > orders.RecordedStep));
                _told.Clear();
            }

            return false;
        }
    }

    /// <summary>The coordinator has <paramref name="report"/>.</summary>
    public void Acknowledge(WorkerReport report, bool isRankZero)
    {
        lock (_gate)
        {
            if (isRankZero) Tell(report.Steps.Count);
            else Tell(_steps.Count);
            _checkpoints.RemoveRange(0, report.Checkpoints.Count);
            _evaluations.RemoveRange(0, report.Evaluations.Count);
            _events.RemoveRange(0, report.Events.Count);
        }
    }

    /// <summary>A new rank 0 tells again what its predecessor may have taken into the grave: the steps after <paramref name="recorded"/>.</summary>
    public void TellAgainAfter(long recorded, long committed)
    {
        lock (_gate)
        {
            _steps.InsertRange(0, _told.Where(s => s.Step > recorded && s.Step <= committed));
            _told.Clear();
            // what was not told and is not part of the state that goes on never happened
            _steps.RemoveAll(s => s.Step > committed);
        }
    }

    private void Tell(int count)
    {
        count = Math.Min(count, _steps.Count);
        foreach (var step in _steps.Take(count)) _told.Enqueue(step);
        while (_told.Count > StepsKept) _told.Dequeue();
        _steps.RemoveRange(0, count);
    }
}
