using MammutScale.Collectives.Cuda;
using MammutScale.Collectives.Nccl;
using MammutScale.Collectives.Operations;

namespace MammutScale.Collectives;

/// <summary>
/// Ranks with a GPU each, connected by NCCL. Operations run on a stream of their own, between what the compute stream has
/// enqueued before and what it enqueues after <see cref="ICollectiveWork.Wait"/>; the host never waits for the GPU. The control
/// group (TCP) carries the unique id, barriers, and the news of a dead rank, which NCCL by itself would not notice.
/// </summary>
public sealed partial class NcclGroup : ICollectives
{
    private readonly NcclRuntime _runtime;
    private readonly NcclGroupOptions _options;
    private readonly QueuedGroup _control;
    private readonly Communicator _communicator;
    private readonly StreamHandle _stream;
    private readonly EventHandle _ready;
    private readonly NcclWork[] _works = new NcclWork[QueuedGroup.Window];
    private readonly NcclLauncher _launcher;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopWatching = new();
    private readonly TaskCompletionSource<CollectiveException> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _watch;
    private long _submitted;
    private volatile CollectiveException? _failure;
    private bool _disposed;
    private bool _ended;

    private NcclGroup(NcclRuntime runtime, NcclGroupOptions options, QueuedGroup control, Communicator communicator)
    {
        (_runtime, _options, _control, _communicator) = (runtime, options, control, communicator);
        runtime.Cuda.SetDevice(options.Device);
        _stream = runtime.Cuda.CreateStream();
        _ready = runtime.Cuda.CreateEvent();
        for (int i = 0; i < _works.Length; i++) _works[i] = new NcclWork(this, runtime.Cuda.CreateEvent());
        _launcher = new NcclLauncher(runtime.Nccl, Rank, WorldSize);
        options.Log?.Invoke(Report);
        _watch = WatchAsync();
    }

    public int Rank => _control.Rank;

    public int WorldSize => _control.WorldSize;

    public string Backend => "nccl";

    public ICollectives Host => _control;

    /// <summary>Completes with the reason as soon as the group has failed.</summary>
    public Task<CollectiveException> Failed => _failed.Task;

    /// <summary>One line for the log: versions, device, what the library can do, interface.</summary>
    public string Report
    {
        get
        {
            var nccl = _runtime.Nccl;
            int version = nccl.Version, cuda = _runtime.Cuda.Version;
            string networkInterface = Environment.GetEnvironmentVariable("NCCL_SOCKET_IFNAME") ?? _options.Interface ?? "chosen by NCCL";
            return $"NCCL {version / 10000}.{version / 100 % 100}.{version % 100} ({_runtime.Path}), CUDA runtime {cuda / 1000}.{cuda % 1000 / 10}, "
                + $"rank {Rank} of {WorldSize} on device {_options.Device} of {_runtime.Cuda.DeviceCount}, interface: {networkInterface}, "
                + $"shrink: {YesNo(nccl.CanShrink)}, grow: {YesNo(nccl.CanGrow)}, revoke: {YesNo(nccl.CanRevoke)}";
        }
    }

    public ICollectiveWork AllReduce(DeviceBuffer buffer, ReduceOp op = ReduceOp.Sum)
    {
        Arguments.Check(buffer, nameof(buffer));
        return Submit(OperationKind.AllReduce, buffer, buffer, op, 0, default);
    }

    public ICollectiveWork ReduceScatter(DeviceBuffer input, DeviceBuffer output, ReduceOp op = ReduceOp.Sum, ReadOnlySpan<long> counts = default)
    {
        Arguments.CheckParts(whole: input, part: output, counts, Rank, WorldSize);
        return Submit(OperationKind.ReduceScatter, input, output, op, 0, counts);
    }

    public ICollectiveWork AllGather(DeviceBuffer input, DeviceBuffer output, ReadOnlySpan<long> counts = default)
    {
        Arguments.CheckParts(whole: output, part: input, counts, Rank, WorldSize);
        return Submit(OperationKind.AllGather, input, output, ReduceOp.Sum, 0, counts);
    }

    public ICollectiveWork Broadcast(DeviceBuffer buffer, int root)
    {
        Arguments.Check(buffer, nameof(buffer));
        Arguments.CheckRoot(root, WorldSize);
        return Submit(OperationKind.Broadcast, buffer, buffer, ReduceOp.Sum, root, default);
    }

    /// <summary>Among the hosts: every rank has enqueued all that it started before.</summary>
    public ICollectiveWork Barrier() => _control.Barrier();

    public void Settle()
    {
        long submitted;
        lock (_gate) submitted = _submitted;
        ThrowIfFailed();
        if (submitted == 0) return;
        var last = _works[(submitted - 1) % _works.Length];
        var spin = default(SpinWait);
        while (!HasEnded(last)) spin.SpinOnce();
        lock (_gate)
        {
            ThrowIfFailed();
            // an operation also ends when the library gives it up, before the watch has asked
            _runtime.Cuda.SetDevice(_options.Device);
            var state = _communicator.State;
            if (state is not (NcclResult.Success or NcclResult.InProgress))
                SetFailure(new CollectiveException($"NCCL reports: {_runtime.Nccl.Describe(state, _communicator.Value)}."));
        }
        ThrowIfFailed();
    }

    public void Abort(string reason)
    {
        _control.Abort(reason);
        Fail(new CollectiveException($"Rank {Rank} gave up: {reason}", Rank));
    }

    internal bool HasEnded(NcclWork work)
    {
        if (_failure is not null) return true;
        _runtime.Cuda.SetDevice(_options.Device);
        return _runtime.Cuda.HasHappened(work.Done);
    }

    internal void LetComputeWait(NcclWork work)
    {
        ThrowIfFailed();
        _runtime.Cuda.SetDevice(_options.Device);
        _runtime.Cuda.MakeWait(CudaRuntime.ComputeStream, work.Done);
    }

    private NcclWork Submit(OperationKind kind, DeviceBuffer input, DeviceBuffer output, ReduceOp op, int root, ReadOnlySpan<long> counts)
    {
        lock (_gate)
        {
            var work = _works[_submitted % _works.Length];
            try
            {
                ThrowIfFailed();
                var cuda = _runtime.Cuda;
                cuda.SetDevice(_options.Device);
                cuda.Record(_ready, CudaRuntime.ComputeStream);
                cuda.MakeWait(_stream.Value, _ready);
                var result = _launcher.Launch(kind, input, output, op, root, counts, _communicator.Value, _stream.Value);
                _runtime.Nccl.ThrowIfFailed(result, kind.ToString(), _communicator.Value);
                if (result == NcclResult.InProgress) _communicator.Settle(kind.ToString(), ThrowIfFailed);
                cuda.Record(work.Done, _stream.Value);
                _submitted++;
            }
            catch (CollectiveException e) when (_failure is null)
            {
                // callers may be inside an autograd function, which must not throw: the handle does
                SetFailure(WithName(e));
            }
            catch (CollectiveException)
            {
                // failed before; the handle says so
            }
            return work;
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure) throw new CollectiveException(failure.Message, failure.FailedRank, failure);
    }

    private static string YesNo(bool can) => can ? "yes" : "no";
}
