using MammutScale.Collectives.Operations;

namespace MammutScale.Collectives;

/// <summary>
/// A group whose operations run one after another on a thread of its own. Starting and waiting for operations allocates nothing.
/// </summary>
public abstract partial class QueuedGroup : ICollectives
{
    /// <summary>Operations that may be under way at once, and for how many operations a handle stays its own.</summary>
    internal const int Window = 256;

    private const int SpinsBeforeSleep = 50;

    private readonly object _gate = new();
    private readonly Operation[] _operations = new Operation[Window];
    private readonly Thread _thread;
    private readonly TaskCompletionSource<CollectiveException> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _submitted;
    private long _completed;
    private bool _ended;
    private volatile bool _leaving;
    private volatile CollectiveException? _abort;
    private CollectiveException? _failure;

    private protected QueuedGroup(int rank, int world)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(world, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)rank, (uint)world, nameof(rank));
        Rank = rank;
        WorldSize = world;
        for (int i = 0; i < Window; i++) _operations[i] = new Operation(this, world);
        _thread = new Thread(RunOperations) { IsBackground = true, Name = $"collectives {rank}/{world}" };
    }

    public int Rank { get; }

    public int WorldSize { get; }

    public abstract string Backend { get; }

    public ICollectives Host => this;

    /// <summary>Completes with the reason as soon as the group has failed, also between operations.</summary>
    public Task<CollectiveException> Failed => _failed.Task;

    public void Abort(string reason) => Abort(new CollectiveException($"Rank {Rank} gave up: {reason}", Rank));

    public void Dispose()
    {
        bool pending;
        lock (_gate) pending = _submitted > _completed;
        if (pending) Abort("its group was disposed with operations under way");
        _leaving = true;
        Wake(ending: true);
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted)) Close(null);
        else if (Thread.CurrentThread != _thread) _thread.Join();
        GC.SuppressFinalize(this);
    }

    internal bool HasEnded(long sequence) => Volatile.Read(ref _completed) >= sequence || Volatile.Read(ref _ended);

    internal void WaitFor(long sequence)
    {
        for (int i = 0; i < SpinsBeforeSleep && !HasEnded(sequence); i++) Thread.Yield();
        if (Volatile.Read(ref _completed) >= sequence) return;
        lock (_gate)
        {
            while (_completed < sequence)
            {
                if (_ended) throw Restate();
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Starts the group's thread; the last act of construction.</summary>
    private protected void Start() => _thread.Start();

    /// <summary>On the group's thread: does one operation, returns when its buffers are final and no longer touched.</summary>
    private protected abstract void Run(Operation operation);

    /// <summary>On the group's thread: waits until <see cref="HasWork"/>; may return early.</summary>
    private protected abstract void Idle();

    /// <summary>From any thread, after <see cref="HasWork"/> has become true: makes <see cref="Idle"/> return.</summary>
    /// <param name="ending">The group is to end: a wait inside <see cref="Run"/> must end too.</param>
    private protected abstract void Wake(bool ending);

    /// <summary>On the group's thread, once, at the end: tells the peers and releases everything. Null: this rank leaves in peace.</summary>
    private protected abstract void Close(CollectiveException? failure);

    /// <summary>On the group's thread, often: throws when another thread has called for an end.</summary>
    private protected void ThrowIfAborted()
    {
        if (_abort is { } abort) throw abort;
    }

    private protected CollectiveException? Aborted => _abort;

    private protected bool HasWork => Volatile.Read(ref _submitted) > Volatile.Read(ref _completed) || _leaving || _abort is not null;

    private protected void Abort(CollectiveException reason)
    {
        Interlocked.CompareExchange(ref _abort, reason, null);
        Wake(ending: true);
    }

    private Operation Submit(OperationKind kind, DeviceBuffer input, DeviceBuffer output, ReduceOp op, int root, ReadOnlySpan<long> counts)
    {
        Operation operation;
        lock (_gate)
        {
            while (_submitted - _completed >= Window && !_ended) Monitor.Wait(_gate);
            long sequence = _submitted + 1;
            operation = _operations[sequence % Window];
            operation.Set(sequence, kind, input, output, op, root, counts);
            Volatile.Write(ref _submitted, sequence);
        }
        Wake(ending: false);
        return operation;
    }

    private void RunOperations()
    {
        CollectiveException? failure = null;
        try
        {
            while (true)
            {
                ThrowIfAborted();
                if (Volatile.Read(ref _submitted) > _completed)
                {
                    Run(_operations[(_completed + 1) % Window]);
                    Complete();
                }
                else if (_leaving) break;
                else Idle();
            }
        }
        catch (Exception e)
        {
            failure = e as CollectiveException ?? new CollectiveException($"Rank {Rank}'s communication thread failed: {e.Message}", Rank, e);
        }
        try
        {
            Close(failure);
        }
        finally
        {
            End(failure);
        }
    }

    private void Complete()
    {
        lock (_gate)
        {
            Volatile.Write(ref _completed, _completed + 1);
            Monitor.PulseAll(_gate);
        }
    }

    private void End(CollectiveException? failure)
    {
        lock (_gate)
        {
            _failure = failure ?? new CollectiveException($"Rank {Rank} has left its group.", Rank);
            _ended = true;
            Monitor.PulseAll(_gate);
        }
        if (failure is not null) _failed.TrySetResult(failure);
    }

    private CollectiveException Restate() => new(_failure!.Message, _failure.FailedRank, _failure);
}
