namespace MammutScale.DataLoader.Pipeline.Stages;

/// <summary>Counts what a stage did and how long its threads worked and waited. Thread-safe.</summary>
internal sealed class StageClock(TimeProvider time)
{
    private long _items, _busy, _wait;

    internal long Now() => time.GetTimestamp();

    internal void Worked(long since, int items = 1)
    {
        Interlocked.Add(ref _busy, time.GetTimestamp() - since);
        Interlocked.Add(ref _items, items);
    }

    internal void Waited(long since) => Interlocked.Add(ref _wait, time.GetTimestamp() - since);

    internal StageSnapshot Snapshot(int queued, int capacity) => new(
        Interlocked.Read(ref _items), queued, capacity,
        (double)Interlocked.Read(ref _busy) / time.TimestampFrequency, (double)Interlocked.Read(ref _wait) / time.TimestampFrequency);
}
