using MammutScale.DataLoader.Pipeline;

namespace MammutScale.Worker.Sessions;

/// <summary>Bad rows that this process has met, over all its streams; read by the reporting loop.</summary>
internal sealed class BadRowCount
{
    private readonly Lock _gate = new();
    private long _before;
    private long _now;

    public long Rows
    {
        get
        {
            lock (_gate) return _before + _now;
        }
    }

    /// <summary>The last one in one sentence; empty when there is none.</summary>
    public string Newest { get; private set; } = "";

    public void Look(RankLoader loader)
    {
        var count = loader.Snapshot().BadRows;
        lock (_gate)
        {
            if (count == _now) return;
            _now = count;
        }

        if (loader.BadRows is [.., var last]) Newest = $"{last.File}, row {last.Row}: {last.Reason}";
    }

    /// <summary>The stream is at its end; another one counts from zero.</summary>
    public void Close()
    {
        lock (_gate) (_before, _now) = (_before + _now, 0);
    }
}

/// <summary>A rank's batches, its bad rows counted after each.</summary>
internal sealed class CountedStream(RankLoader loader, BadRowCount count) : IBatchStream
{
    public Batch Next(CancellationToken cancellation)
    {
        var batch = loader.Next(cancellation);
        count.Look(loader);
        return batch;
    }

    public void Dispose()
    {
        count.Look(loader);
        count.Close();
        loader.Dispose();
    }
}
