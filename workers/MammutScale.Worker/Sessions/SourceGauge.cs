using MammutScale.Contracts;
using MammutScale.DataLoader.Planning;

namespace MammutScale.Worker.Sessions;

/// <summary>How far every source is after so many global batches; asked for a few times a second, computed once a step.</summary>
internal sealed class SourceGauge(DataPlan plan)
{
    private readonly Lock _gate = new();
    private long _step = -1;
    private IReadOnlyList<SourceProgress> _progress = [];

    public IReadOnlyList<SourceProgress> At(long step)
    {
        lock (_gate)
        {
            if (step == _step) return _progress;
            _step = step;
            return _progress = [.. plan.Sources.Select((source, number) =>
            {
                var consumed = plan.Consumed(step, number);
                return new SourceProgress { Name = source.Name, Epochs = (double)consumed / source.Samples, Lanes = plan.Options.Lanes, Samples = consumed };
            })];
        }
    }
}
