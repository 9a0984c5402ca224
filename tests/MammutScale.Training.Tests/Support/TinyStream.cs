using MammutScale.DataLoader.Pipeline;

namespace MammutScale.Training.Tests.Support;

/// <summary>One rank's part of <see cref="TinyRun"/>'s batches.</summary>
internal sealed class TinyStream(long next, int first, int count, long[] poisoned, long[] wild) : IBatchStream
{
    private long _next = next;

    public Batch Next(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var batch = TinyRun.Batch(_next, first, count);
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
