using MammutScale.Collectives.Operations;

namespace MammutScale.Collectives.InProcess;

/// <summary>Where the ranks of one process come together: what each is doing, and a barrier that a failure opens for all.</summary>
internal sealed class Meeting(int world)
{
    private readonly object _gate = new();
    private readonly Operation[] _operations = new Operation[world];
    private int _arrived;
    private long _round;
    private CollectiveException? _failure;

    public int World => world;

    /// <summary>The operation of every rank; valid between two arrivals.</summary>
    public Operation[] Operations => _operations;

    public void Enter(int rank, Operation operation) => _operations[rank] = operation;

    /// <summary>Returns when every rank has arrived.</summary>
    /// <exception cref="CollectiveException">A rank has failed or left.</exception>
    public void Arrive()
    {
        lock (_gate)
        {
            if (_failure is not null) throw _failure;
            if (++_arrived == world)
            {
                _arrived = 0;
                _round++;
                Monitor.PulseAll(_gate);
                return;
            }
            long round = _round;
            while (_round == round)
            {
                if (_failure is not null) throw _failure;
                Monitor.Wait(_gate);
            }
        }
    }

    public void CheckAgreement(int rank)
    {
        var mine = _operations[rank];
        for (int other = 0; other < world; other++)
        {
            if (Agreement.Difference(mine, _operations[other]) is { } difference)
                throw new CollectiveException($"Rank {other} does not do what rank {rank} does: {difference}.", other);
        }
    }

    public void Fail(CollectiveException failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
            Monitor.PulseAll(_gate);
        }
    }
}
