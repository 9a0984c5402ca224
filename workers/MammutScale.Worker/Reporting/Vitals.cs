using MammutScale.Contracts;

namespace MammutScale.Worker.Reporting;

/// <summary>What the worker itself is doing, as the training thread last said; read by the reporting loop.</summary>
internal sealed class Vitals
{
    private const int Window = 16;
    private readonly Lock _gate = new();
    private readonly Queue<PhaseSeconds> _phases = new();
    private WorkerState _state = WorkerState.Joining;
    private long _step;
    private long _badRows;
    private long _toldBadRows;

    public WorkerState State
    {
        get
        {
            lock (_gate) return _state;
        }

        set
        {
            lock (_gate) _state = value;
        }
    }

    public void Committed(long step)
    {
        lock (_gate) _step = step;
    }

    public void Stepped(long step, PhaseSeconds phases)
    {
        lock (_gate)
        {
            _step = step;
            _phases.Enqueue(phases);
            if (_phases.Count > Window) _phases.Dequeue();
        }
    }

    public long Step
    {
        get
        {
            lock (_gate) return _step;
        }
    }

    /// <summary>Bad rows met by this process so far.</summary>
    /// <returns>They are worth an event: the first one, and then whenever their number has doubled.</returns>
    public bool SetBadRows(long rows)
    {
        lock (_gate)
        {
            _badRows = rows;
            if (rows < Math.Max(1, 2 * _toldBadRows)) return false;
            _toldBadRows = rows;
            return true;
        }
    }

    public WorkerReport Report(string workerId, int generation)
    {
        lock (_gate)
        {
            return new WorkerReport
            {
                WorkerId = workerId,
                Generation = generation,
                State = _state,
                Step = _step,
                Phases = Median(),
                ResidentBytes = Environment.WorkingSet,
                BadRows = _badRows,
            };
        }
    }

    private PhaseSeconds Median() => new()
    {
        DataWait = Middle(p => p.DataWait),
        Forward = Middle(p => p.Forward),
        Backward = Middle(p => p.Backward),
        ExposedCommunication = Middle(p => p.ExposedCommunication),
        Optimizer = Middle(p => p.Optimizer),
        Checkpoint = Middle(p => p.Checkpoint),
        Other = Middle(p => p.Other),
    };

    private double Middle(Func<PhaseSeconds, double> of)
    {
        if (_phases.Count == 0) return 0;
        var sorted = _phases.Select(of).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
