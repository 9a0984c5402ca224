using MammutScale.Contracts;
using MammutScale.Training.Runs;

namespace MammutScale.Worker.Generations;

/// <summary>
/// What the coordinator (or a signal) asks of the generation under way; written by the reporting loop, read by the training
/// thread between steps. A stronger wish is never taken back by a weaker one.
/// </summary>
internal sealed class Requests : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _abort = new();
    private StepDirective _wish = StepDirective.Continue;
    private long _asked;
    private long _taken;
    private ITimer? _lastResort;

    /// <summary>Fires when the generation is to be dropped at once.</summary>
    public CancellationToken Aborted => _abort.Token;

    public string AbortReason { get; private set; } = "";

    /// <summary>The run is over for this worker: it leaves instead of joining again.</summary>
    public bool Leaves { get; private set; }

    public void Follow(WorkerOrders orders)
    {
        switch (orders.Directive)
        {
            case Directive.Checkpoint:
                lock (_gate) _asked = Math.Max(_asked, orders.Request);
                break;
            case Directive.Pause:
                Wish(StepDirective.Pause);
                break;
            case Directive.Stop:
                Wish(StepDirective.Stop);
                break;
            case Directive.Regroup when orders.AtBoundary:
                Wish(StepDirective.Regroup);
                break;
            case Directive.Regroup:
                Abort(orders.Reason);
                break;
            case Directive.Leave:
                Leaves = true;
                Abort(orders.Reason);
                break;
        }
    }

    /// <summary>
    /// The worker is to go. Alone it takes the state to a checkpoint at once; among others the coordinator answers the next
    /// report with the boundary to meet at, and if no answer comes in time the checkpoint is the way out.
    /// </summary>
    public void LeaveSoon(bool alone, TimeProvider time)
    {
        if (alone) Wish(StepDirective.Pause);
        else _lastResort = time.CreateTimer(_ => Wish(StepDirective.Pause), null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
    }

    public void Wish(StepDirective directive)
    {
        lock (_gate)
        {
            if (directive > _wish) _wish = directive;
        }
    }

    public void Abort(string reason)
    {
        lock (_gate)
        {
            if (_abort.IsCancellationRequested) return;
            AbortReason = reason;
            _wish = StepDirective.Abort;
        }

        _abort.Cancel();
    }

    public void Dispose() => _lastResort?.Dispose();

    /// <summary>For the training thread; a checkpoint request is given out once.</summary>
    public StepDirective Next()
    {
        lock (_gate)
        {
            if (_wish != StepDirective.Continue || _asked <= _taken) return _wish;
            _taken = _asked;
            return StepDirective.Checkpoint;
        }
    }
}
