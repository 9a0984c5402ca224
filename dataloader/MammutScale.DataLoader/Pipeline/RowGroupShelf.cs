using MammutScale.DataLoader.Pipeline.Rows;
using MammutScale.DataLoader.Pipeline.Stages;

namespace MammutScale.DataLoader.Pipeline;

/// <summary>
/// Row groups in memory or on their way, kept until the last step that needs them is done. Fetches run concurrently, oldest
/// request first. Thread-safe.
/// </summary>
internal sealed class RowGroupShelf(IReadOnlyList<LoaderSource> sources, int readsInFlight, TimeProvider time, CancellationToken cancellation) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Source, int RowGroup), Entry> _entries = [];
    private readonly SemaphoreSlim _readers = new(readsInFlight);
    private readonly StageClock _clock = new(time);
    private long _held, _read;
    private int _pending;

    /// <summary>Encoded bytes in memory, those under way estimated by the mean so far.</summary>
    internal long ExpectedBytes
    {
        get
        {
            lock (_gate) return _held + (_pending * (_read == 0 ? 0 : _held / Math.Max(1, _entries.Count - _pending)));
        }
    }

    internal StageSnapshot Snapshot()
    {
        lock (_gate) return _clock.Snapshot(_pending, readsInFlight);
    }

    /// <summary>The row group, from memory or soon; it stays until <paramref name="lastStep"/> is done.</summary>
    internal Task<LoadedRowGroup> Get(int source, int rowGroup, long lastStep)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue((source, rowGroup), out var entry))
            {
                _entries[(source, rowGroup)] = entry = new Entry();
                _pending++;
                // Off this lock and thread: a local read completes where it begins.
                entry.Load = Task.Run(() => ReadAsync(source, rowGroup), CancellationToken.None);
            }
            entry.LastStep = Math.Max(entry.LastStep, lastStep);
            return entry.Load;
        }
    }

    /// <summary>Every step up to this one is done.</summary>
    internal void Release(long step)
    {
        List<Entry> done = [];
        lock (_gate)
        {
            foreach (var (key, entry) in _entries)
            {
                if (entry.LastStep > step || !entry.Load.IsCompleted) continue;
                _entries.Remove(key);
                if (entry.Load.IsCompletedSuccessfully) _held -= entry.Load.Result.Bytes;
                done.Add(entry);
            }
        }
        foreach (var entry in done) Drop(entry);
    }

    /// <summary>Waits for fetches under way and gives all memory back; nobody may use a row group any more.</summary>
    public void Dispose()
    {
        Entry[] all;
        lock (_gate)
        {
            all = [.. _entries.Values];
            _entries.Clear();
            _held = 0;
        }
        foreach (var entry in all)
        {
            ((Task)entry.Load).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait();
            Drop(entry);
        }
        _readers.Dispose();
    }

    private async Task<LoadedRowGroup> ReadAsync(int source, int rowGroup)
    {
        try
        {
            await _readers.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                long began = _clock.Now();
                var loaded = await sources[source].ReadAsync(rowGroup, cancellation).ConfigureAwait(false);
                _clock.Worked(began);
                lock (_gate) { _held += loaded.Bytes; _read++; }
                return loaded;
            }
            finally
            {
                _readers.Release();
            }
        }
        finally
        {
            lock (_gate) _pending--;
        }
    }

    private static void Drop(Entry entry)
    {
        if (entry.Load.IsCompletedSuccessfully) entry.Load.Result.Dispose();
    }

    private sealed class Entry
    {
        internal Task<LoadedRowGroup> Load { get; set; } = null!;

        internal long LastStep { get; set; } = -1;
    }
}
