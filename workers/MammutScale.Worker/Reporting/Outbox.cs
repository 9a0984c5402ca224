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
    private readonly Shelf<CheckpointRecord> _checkpoints = new();
    private readonly Shelf<EvaluationRecord> _evaluations = new();
    private readonly Shelf<RunEvent> _events = new();
    private readonly Queue<StepRecord> _told = new();
    private long _numbered;
    private IReadOnlyList<SourceProgress> _sources = [];
    private string _activation = "";

    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _steps.Count + _checkpoints.Waiting.Count + _evaluations.Waiting.Count + _events.Waiting.Count == 0;
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
        lock (_gate) _events.Add(happened with { Sequence = ++_numbered });
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
                Checkpoints = [.. _checkpoints.Waiting],
                Evaluations = [.. _evaluations.Waiting],
                Events = [.. _events.Waiting],
                Sources = isRankZero ? _sources : [],
            };
        }
    }

    /// <summary>
    /// Whether the report that was answered with <paramref name="orders"/> was taken. If not, the coordinator has come back without
    /// its newest records: the steps that it lost are then the first to be told again, and the newest of everything else, which it
    /// can tell from what it still has.
    /// </summary>
    public bool Knows(WorkerOrders orders, bool isRankZero)
    {
        lock (_gate)
        {
            var taken = _activation.Length == 0 || _activation == orders.Activation;
            _activation = orders.Activation;
            if (taken) return true;
            _checkpoints.TellAgain();
            _evaluations.TellAgain();
            _events.TellAgain();
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
            _checkpoints.Told(report.Checkpoints.Count);
            _evaluations.Told(report.Evaluations.Count);
            _events.Told(report.Events.Count);
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

    /// <summary>News that waits, and the newest that was told.</summary>
    private sealed class Shelf<T>
    {
        private const int Kept = 100;
        private readonly List<T> _waiting = [];
        private readonly Queue<T> _told = new();

        public IReadOnlyList<T> Waiting => _waiting;

        public void Add(T news) => _waiting.Add(news);

        public void Told(int count)
        {
            foreach (var news in _waiting.Take(count)) _told.Enqueue(news);
            while (_told.Count > Kept) _told.Dequeue();
            _waiting.RemoveRange(0, count);
        }

        public void TellAgain()
        {
            _waiting.InsertRange(0, _told);
            _told.Clear();
        }
    }
}
