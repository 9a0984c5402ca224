using MammutScale.DataLoader.Indexing.Scanning;
using MammutScale.DataLoader.Places;
using MammutScale.Storage;

namespace MammutScale.DataLoader.Indexing.Building;

/// <summary>
/// What a build has found so far, put away beside its output: each part is a small index of the files done since the last one.
/// A later build with the same rules takes them up; a finished one deletes them.
/// </summary>
internal sealed class PartialIndex
{
    private readonly IBlobStore _store;
    private readonly string _key;
    private readonly string _folder;
    private readonly SubsetRules _rules;
    private readonly string _address;
    private readonly List<string> _parts = [];
    private int _next;

    public PartialIndex(string output, SubsetRules rules, TimeProvider time)
    {
        (_address, _rules) = (output, rules);
        (_store, _key) = DataPlace.OfFile(output, time);
        _folder = $"{_key}.partial/";
    }

    /// <summary>Entries of the index that is there and of interrupted builds, made by the same rules; by address.</summary>
    public async Task<Dictionary<string, FileEntry>> KnownAsync(CancellationToken cancellation)
    {
        var known = new Dictionary<string, FileEntry>(StringComparer.Ordinal);
        await TakeAsync(_key, known, cancellation);
        await foreach (var part in _store.ListAsync(_folder, cancellation))
        {
            await TakeAsync(part.Key, known, cancellation);
            _parts.Add(part.Key);
            if (int.TryParse(part.Key[_folder.Length..], out var number))
                _next = Math.Max(_next, number + 1);
        }

        return known;
    }

    public async Task SaveAsync(IReadOnlyList<string> roots, IReadOnlyList<FileEntry> entries, CancellationToken cancellation)
    {
        var part = $"{_folder}{_next++:D6}";
        await _store.WriteAsync(part, IndexFile.Write(IndexAssembly.Header(roots, entries, _rules.Summary), entries), BlobCondition.Always, cancellation);
        _parts.Add(part);
    }

    /// <summary>Writes the whole index and clears away the parts.</summary>
    public async Task FinishAsync(DatasetIndex index, CancellationToken cancellation)
    {
        await _store.WriteAsync(_key, IndexFile.Write(index.Header, index.Entries()), BlobCondition.Always, cancellation);
        foreach (var part in _parts)
            await _store.DeleteAsync(part, BlobCondition.Always, cancellation);
    }

    private async Task TakeAsync(string key, Dictionary<string, FileEntry> known, CancellationToken cancellation)
    {
        if (await _store.TryReadAllAsync(key, cancellation) is not { } blob)
            return;
        DatasetIndex index;
        try
        {
            index = IndexFile.Read(blob.Bytes, _address);
        }
        catch (IndexException)
        {
            // damaged or of another version: its files are read again
            return;
        }

        if ((index.Subset?.Mark ?? SubsetRules.MarkOfEverything) != _rules.Mark)
            return;
        foreach (var entry in index.Entries())
            known[DataAddress.Join(index.Roots[entry.Root], entry.Key)] = entry;
    }
}
