using System.Runtime.InteropServices;
using MammutScale.Collectives.Nccl;

namespace MammutScale.Collectives;

/// <summary>How a group comes to be, is watched, changes its size and ends.</summary>
public sealed partial class NcclGroup
{
    private static readonly TimeSpan PatienceForTheName = TimeSpan.FromSeconds(2);

    /// <summary>Whether this process can use NCCL; if not, <paramref name="reason"/> says why and what to do, in one sentence or two.</summary>
    public static bool IsAvailable(out string reason) => NcclRuntime.Find(out reason) is not null;

    /// <summary>Joins with this rank's GPU. Rank and world are the control group's, which belongs to the new group from now on.</summary>
    /// <exception cref="CollectiveException">NCCL is not available, or the ranks did not find each other.</exception>
    public static Task<NcclGroup> ConnectAsync(NcclGroupOptions options, QueuedGroup control, CancellationToken cancellation = default) =>
        CreateAsync(options, control, setUp => setUp.New(), cancellation)!;

    /// <summary>A newcomer's side of <see cref="GrowAsync"/>. Null: a library cannot; all ranks then call <see cref="ConnectAsync"/>.</summary>
    public static Task<NcclGroup?> JoinGrowingAsync(NcclGroupOptions options, QueuedGroup control, CancellationToken cancellation = default) =>
        CreateAsync(options, control, setUp => setUp.Grow(null, newcomer: true), cancellation);

    /// <summary>
    /// The group without some of its ranks, also after it has failed because of them. The control group is the survivors' new one, in
    /// the old order. Null: a library cannot; all survivors then call <see cref="ConnectAsync"/> with the same control group. Dispose the old group afterwards.
    /// </summary>
    public Task<NcclGroup?> ShrinkAsync(IReadOnlyList<int> lostRanks, QueuedGroup control, CancellationToken cancellation = default) =>
        CreateAsync(_options, control, setUp => setUp.Shrink(Usable, [.. lostRanks]), cancellation);

    /// <summary>The group with more ranks; those that are here keep their numbers. Newcomers call <see cref="JoinGrowingAsync"/>.</summary>
    public Task<NcclGroup?> GrowAsync(QueuedGroup control, CancellationToken cancellation = default) =>
        CreateAsync(_options, control, setUp => setUp.Grow(_failure is null ? Usable : null, newcomer: false), cancellation);

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
        }
        _stopWatching.Cancel();
        _watch.Wait();
        lock (_gate)
        {
            if (_failure is null) FinalizeInPeace();
            _communicator.Dispose();
            foreach (var work in _works) work.Done.Dispose();
            _ready.Dispose();
            _stream.Dispose();
            _failure ??= new CollectiveException($"Rank {Rank} has left its group.", Rank);
        }
        _control.Dispose();
        _stopWatching.Dispose();
    }

    private Communicator? Usable => _communicator.IsClosed ? null : _communicator;

    private static Task<NcclGroup?> CreateAsync(NcclGroupOptions options, QueuedGroup control, Func<NcclSetUp, Communicator?> make, CancellationToken cancellation)
    {
        if (NcclRuntime.Find(out string trouble) is not { } runtime) throw new CollectiveException(trouble, control.Rank);
        // setting up blocks and polls; on a thread of its own, for whose device it is
        return Task.Factory.StartNew(
            () =>
            {
                if (options.Interface is { } name) _ = SetEnvironment("NCCL_SOCKET_IFNAME", name, overwrite: 0);
                runtime.Cuda.SetDevice(options.Device);
                return make(new NcclSetUp(runtime, options, control, cancellation)) is { } communicator ? new NcclGroup(runtime, options, control, communicator) : null;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    // the runtime's own copy of the environment is not the one that native libraries read
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    private void FinalizeInPeace()
    {
        long begin = _options.Time.GetTimestamp();
        try
        {
            _runtime.Cuda.SetDevice(_options.Device);
            _communicator.Finalize(() =>
            {
                if (_control.Failed.IsCompleted || _options.Time.GetElapsedTime(begin) > _options.SetUpTimeout) throw new CollectiveException("The others do not end in peace.");
            });
        }
        catch (CollectiveException e)
        {
            _options.Log?.Invoke($"NCCL was ended by force: {e.Message}");
        }
    }

    /// <summary>Asks the library for errors, the control group for dead ranks, and the stream for progress.</summary>
    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(_options.WatchInterval, _options.Time);
        var progress = new NcclProgress(_options);
        try
        {
            while (_failure is null && !_control.Failed.IsCompleted && await timer.WaitForNextTickAsync(_stopWatching.Token).ConfigureAwait(false))
            {
                if (Trouble(progress) is { } trouble) SetFailure(WithName(trouble));
            }
            Fail(_failure ?? await _control.Failed.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // the group is being disposed
        }
    }

    private CollectiveException? Trouble(NcclProgress progress)
    {
        // held by a call that itself asks: nothing to add
        if (!_gate.TryEnter()) return null;
        try
        {
            if (_failure is not null) return null;
            _runtime.Cuda.SetDevice(_options.Device);
            var state = _communicator.State;
            if (state is not (NcclResult.Success or NcclResult.InProgress)) return new CollectiveException($"NCCL reports: {_runtime.Nccl.Describe(state, _communicator.Value)}.");
            bool idle = _submitted == 0 || _runtime.Cuda.HasHappened(_works[(_submitted - 1) % _works.Length].Done);
            return progress.Check(idle, _submitted);
        }
        catch (CollectiveException e)
        {
            return e;
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void Fail(CollectiveException failure)
    {
        SetFailure(failure);
        lock (_gate)
        {
            if (_disposed || _ended) return;
            _ended = true;
            _runtime.Cuda.SetDevice(_options.Device);
            EndOperations();
        }
        _failed.TrySetResult(_failure!);
    }

    /// <summary>NCCL does not say whose fault it is; the control group may be about to.</summary>
    private CollectiveException WithName(CollectiveException failure)
    {
        if (failure.FailedRank is not null) return failure;
        if (!_control.Failed.Wait(PatienceForTheName)) return failure;
        var known = _control.Failed.Result;
        return new CollectiveException($"{known.Message} ({failure.Message})", known.FailedRank, failure);
    }

    private void SetFailure(CollectiveException failure) => Interlocked.CompareExchange(ref _failure, failure, null);

    /// <summary>Lets go of the GPU. A revoked communicator can still be shrunk; where there is no revoking it is gone.</summary>
    private unsafe void EndOperations()
    {
        long begin = _options.Time.GetTimestamp();
        try
        {
            if (_runtime.Nccl.CanRevoke && _runtime.Nccl.CommRevoke(_communicator.Value, 0) is NcclResult.Success or NcclResult.InProgress)
            {
                _communicator.Settle("ncclCommRevoke", () =>
                {
                    if (_options.Time.GetElapsedTime(begin) > PatienceForTheName) throw new CollectiveException("NCCL could not be stopped.");
                });
                return;
            }
        }
        catch (CollectiveException e)
        {
            _options.Log?.Invoke(e.Message);
        }
        _communicator.Dispose();
    }
}
