using MammutScale.Contracts;
using MammutScale.Coordinator.Machine;
using MammutScale.Coordinator.Metrics;

namespace MammutScale.Coordinator.Runs;

/// <summary>The figures of one run: curves, speed, goodput and their log in the store.</summary>
internal sealed class RunTelemetry(HistoryLog log, GoodputLedger goodput)
{
    private Task? _loading;
    private bool _isCut;

    public MetricHistory History { get; } = new();

    public Speed Speed { get; } = new();

    public GoodputLedger Goodput { get; } = goodput;

    public int Unwritten => log.Unwritten;

    public IReadOnlyList<string> Damaged => log.Damaged;

    /// <summary>Reads the history that the store has, once; needed before the first <see cref="Take"/> with steps.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        var loading = _loading ??= LoadOnceAsync(cancellation);
        try
        {
            await loading;
        }
        catch
        {
            _loading = null;
            throw;
        }
    }

    public void Take(MachineState state, IReadOnlyList<StepRecord> steps, DateTimeOffset now)
    {
        var isWhole = true;
        foreach (var step in steps)
        {
            isWhole &= History.Add(step);
            Speed.Add(step);
            Goodput.Add(step);
            log.Add(step);
        }

        Goodput.Advance(now, state.State,
            evaluating: state.LiveMembers.Any(w => w.State == WorkerState.Evaluating),
            stepped: state.Step > state.StepAtFormation,
            first: state.Generation <= 1);
        // what is replaced lies so far back that only the log still has it step by step
        _isCut |= !isWhole;
    }

    public async Task FlushAsync(CancellationToken cancellation)
    {
        await log.FlushAsync(cancellation);
        if (!_isCut) return;
        History.Rebuild(await log.ReadAllAsync(cancellation));
        _isCut = false;
    }

    private async Task LoadOnceAsync(CancellationToken cancellation)
    {
        var stored = await log.OpenAsync(cancellation);
        History.Rebuild(stored);
        foreach (var step in stored.TakeLast(64)) Speed.Add(step);
    }
}
