using System.Globalization;
using MammutScale.Contracts;
using MammutScale.Storage;

namespace MammutScale.Coordinator.Metrics;

/// <summary>
/// The step records of a run in the store, in the order in which they were told, as Parquet segments that anybody's tools read:
/// runs/RUN/history/segment-00000000.parquet … A full segment is final; the newest is written again as it grows.
/// </summary>
internal sealed class HistoryLog(IBlobStore store, string prefix)
{
    private const int SegmentSteps = 1024;
    private readonly List<StepRecord> _tail = [];
    private int _segment;
    private int _written;

    /// <summary>Records that are not in the store yet.</summary>
    public int Unwritten => _tail.Count - _written;

    /// <summary>Segments that could not be read: their steps are missing from the curves, everything else goes on.</summary>
    public List<string> Damaged { get; } = [];

    /// <summary>Reads what the store has; appending goes on after it. To be called before anything is added.</summary>
    public async Task<List<StepRecord>> OpenAsync(CancellationToken cancellation)
    {
        var (all, last, number) = await ScanAsync(cancellation);
        if (last is { Count: < SegmentSteps })
        {
            _segment = number;
            _tail.AddRange(last);
            _written = last.Count;
        }
        else
        {
            _segment = number + 1;
        }

        return all;
    }

    /// <summary>All records, stored or not. No flush may be under way.</summary>
    public async Task<List<StepRecord>> ReadAllAsync(CancellationToken cancellation)
    {
        var (all, _, _) = await ScanAsync(cancellation);
        all.AddRange(_tail.Skip(_written));
        return all;
    }

    public void Add(StepRecord step) => _tail.Add(step);

    /// <summary>Everything added before the call is in the store when it returns; after a failure it may simply be called again.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        while (Unwritten > 0)
        {
            var count = Math.Min(SegmentSteps, _tail.Count);
            var bytes = await HistorySegment.WriteAsync(_tail.GetRange(0, count), cancellation);
            await store.WriteAsync(Key(_segment), bytes, default, cancellation);
            if (count < SegmentSteps)
            {
                _written = count;
                return;
            }

            _tail.RemoveRange(0, count);
            _written = 0;
            _segment++;
        }
    }

    private async Task<(List<StepRecord> All, List<StepRecord>? Last, int Number)> ScanAsync(CancellationToken cancellation)
    {
        var all = new List<StepRecord>();
        List<StepRecord>? last = null;
        var number = -1;
        Damaged.Clear();
        await foreach (var blob in store.ListAsync($"{prefix}/segment-", cancellation))
        {
            if (!TryNumber(blob.Key, out number)) continue;
            var content = await store.ReadAllAsync(blob.Key, cancellation);
            try
            {
                last = await HistorySegment.ReadAsync(content.Bytes, cancellation);
                all.AddRange(last);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // whatever a Parquet reader throws at bytes that are not Parquet
                Damaged.Add($"{blob.Key}: {e.Message}");
                last = null;
            }
        }

        return (all, last, number);
    }

    private string Key(int segment) => string.Create(CultureInfo.InvariantCulture, $"{prefix}/segment-{segment:D8}.parquet");

    private static bool TryNumber(string key, out int number)
    {
        number = -1;
        var name = key[(key.LastIndexOf('/') + 1)..];
        return name.Length == "segment-00000000.parquet".Length && name.EndsWith(".parquet", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan("segment-".Length, 8), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
