using System.Threading.Channels;
using MammutScale.Contracts;

namespace MammutScale.Coordinator.Runs;

/// <summary>Those who watch a run. All members run in the turns of one grain.</summary>
internal sealed class Watchers
{
    private readonly List<Watcher> _all = [];

    public int Count => _all.Count;

    public Watcher Register()
    {
        var watcher = new Watcher();
        _all.Add(watcher);
        return watcher;
    }

    public void Remove(Watcher watcher) => _all.Remove(watcher);

    public void Notify(IReadOnlyList<StepRecord> steps)
    {
        foreach (var watcher in _all) watcher.Notify(steps);
    }
}

/// <summary>
/// One watcher: steps since its last update, bounded. A slow one gets fewer, larger updates with the newest snapshot, and a gap
/// mark when even the steps no longer fit.
/// </summary>
internal sealed class Watcher
{
    private const int MostSteps = 4096;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private List<StepRecord> _steps = [];
    private bool _gap;

    public void Notify(IReadOnlyList<StepRecord> steps)
    {
        if (_steps.Count + steps.Count > MostSteps)
        {
            _steps.Clear();
            _gap = true;
        }

        if (!_gap) _steps.AddRange(steps);
        _signal.Writer.TryWrite(true);
    }

    public async Task WaitAsync(CancellationToken cancellation) => await _signal.Reader.ReadAsync(cancellation);

    public (IReadOnlyList<StepRecord> Steps, bool Gap) Take()
    {
        var taken = (_steps, _gap);
        _steps = [];
        _gap = false;
        return taken;
    }
}
