using MammutScale.Storage;

namespace MammutScale.Training.Checkpoints;

/// <summary>A range of a saved buffer and where it goes.</summary>
/// <param name="Buffer">Name of the buffer.</param>
/// <param name="From">First element in the saved buffer.</param>
/// <param name="Count">Elements.</param>
/// <param name="To">Address of the first element's new place.</param>
internal readonly record struct RangeCopy(string Buffer, long From, long Count, nint To);

/// <summary>Reads ranges of a checkpoint's flat buffers, wherever its parts were cut, straight into memory.</summary>
internal sealed class FlatReader(CheckpointStore store, Manifest manifest)
{
    private const long Window = 8 << 20;
    private const int AtOnce = 4;
    private readonly Dictionary<string, (SavedPart Part, SavedRange Range)[]> _ranges = manifest.Parts
        .SelectMany(p => p.Ranges.Select(r => (Part: p, Range: r)))
        .GroupBy(p => p.Range.Buffer)
        .ToDictionary(g => g.Key, g => g.OrderBy(p => p.Range.Offset).ToArray());

    private readonly record struct PartRead(SavedPart Part, long Position, int Bytes, nint To);

    /// <exception cref="CheckpointException">Something that is asked for was not saved, or cannot be read.</exception>
    public async Task ReadAsync(IEnumerable<RangeCopy> copies, CancellationToken cancellation)
    {
        var reads = copies.SelectMany(Cut).ToList();
        var readers = new Dictionary<string, IBlobReader>();
        try
        {
            foreach (var file in reads.Select(r => r.Part.File).Distinct())
                readers[file] = await store.Blobs.OpenAsync(store.Key(manifest.Step, file), cancellation);
            await Parallel.ForEachAsync(reads, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (read, token) =>
            {
                var memory = Region(read.To, read.Bytes);
                var count = await readers[read.Part.File].ReadAsync(read.Position, memory, token);
                if (count != read.Bytes) throw new CheckpointException($"{read.Part.File} of {CheckpointStore.NameOf(manifest.Step)} ends too early.");
            });
        }
        catch (StorageException e)
        {
            throw new CheckpointException($"{CheckpointStore.NameOf(manifest.Step)} cannot be read: {e.Message}", e);
        }
        finally
        {
            foreach (var reader in readers.Values) reader.Dispose();
        }
    }

    private static unsafe Memory<byte> Region(nint address, int bytes) => new NativeRegion((byte*)address, bytes).Memory;

    private IEnumerable<PartRead> Cut(RangeCopy copy)
    {
        var name = CheckpointStore.NameOf(manifest.Step);
        if (!_ranges.TryGetValue(copy.Buffer, out var ranges)) throw new CheckpointException($"{name} holds no '{copy.Buffer}'.");
        var (at, end) = (copy.From, copy.From + copy.Count);
        foreach (var (part, range) in ranges)
        {
            if (range.Offset + range.Length <= at || at >= end) continue;
            if (range.Offset > at) break;
            var stop = Math.Min(end, range.Offset + range.Length);
            for (; at < stop;)
            {
                var count = Math.Min(Window / sizeof(float), stop - at);
                yield return new PartRead(part, range.Position + (at - range.Offset) * sizeof(float), (int)(count * sizeof(float)), copy.To + (nint)((at - copy.From) * sizeof(float)));
                at += count;
            }
        }

        if (at < end) throw new CheckpointException($"{name} lacks elements {at} to {end} of '{copy.Buffer}'.");
    }
}
