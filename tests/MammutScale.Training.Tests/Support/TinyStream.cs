using MammutScale.DataLoader.Pipeline;

namespace MammutScale.Training.Tests.Support;

/// <summary>One rank's part of the batches of a run.</summary>
internal sealed class TinyStream(long next, int first, int count, long[] poisoned, long[] wild, Func<long, int, int, Batch> batches) : IBatchStream
{
    private long _next = next;

    public Batch Next(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var batch = batches(_next, first, count);
        // only one rank sees the bad sample: all have to agree
        if (poisoned.Contains(_next) && first == 0) batch.Images.Span[0] = float.NaN;
        if (wild.Contains(_next)) batch.Tokens.Span.Reverse();
        _next++;
        return batch;
    }

    public void Dispose()
    {
    }
}
