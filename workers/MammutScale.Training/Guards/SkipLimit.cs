using MammutScale.DataLoader.Planning;
using MammutScale.Training.Events;

namespace MammutScale.Training.Guards;

/// <summary>Stops a run whose updates are skipped again and again.</summary>
internal sealed class SkipLimit(int limit, Func<SampleId, string> nameOf)
{
    private const int Shown = 8;
    private long _first;
    private int _count;

    /// <exception cref="TrainingException">More than the limit in a row: names the steps and this rank's rows of the last batch.</exception>
    public void Observe(long step, bool skipped, IReadOnlyList<SampleId> rows)
    {
        if (!skipped)
        {
            _count = 0;
            return;
        }

        if (_count++ == 0) _first = step;
        if (_count <= limit) return;
        var shown = string.Join("; ", rows.Take(Shown).Select(nameOf));
        throw new TrainingException(
            $"Loss or gradients of steps {_first} to {step} were not finite ({_count} steps in a row, guard.max_skipped is {limit}). " +
            $"This worker's rows of the last batch: {shown}{(rows.Count > Shown ? $"; and {rows.Count - Shown} more" : "")}. " +
            "Lower optim.lr, lengthen the warm-up, or look at these rows.");
    }
}
