using System.Collections.Concurrent;
using MammutScale.DataLoader.Indexing.Scanning;
using MammutScale.DataLoader.Places;
using MammutScale.DataLoader.Subsets;
using MammutScale.Storage;

namespace MammutScale.DataLoader.Indexing.Building;

/// <summary>
/// Builds an index: finds the files, reads their footers (and, for a subset, the columns it needs) in parallel, takes over the
/// entries of files that have not changed since the last index or an interrupted build.
/// </summary>
public sealed class IndexBuilder
{
    private const int FaultsTold = 5;

    private readonly IndexOptions _options;
    private readonly SubsetRules _rules;
    private readonly IReadOnlyList<DataFile> _files;
    private readonly string[] _roots;
    private readonly FileEntry?[] _entries;
    private readonly ConcurrentQueue<FileEntry> _unsaved = new();
    private readonly ConcurrentDictionary<int, string> _faults = new();
    private readonly SemaphoreSlim _saving = new(1);
    private readonly PartialIndex? _partial;
    private long _saved;
    private long _rows;
    private int _done;
    private int _reused;

    private IndexBuilder(IndexOptions options, SubsetRules rules, IReadOnlyList<DataFile> files)
    {
        (_options, _rules, _files) = (options, rules, files);
        _roots = [.. files.Select(file => file.Store.Address).Distinct(StringComparer.Ordinal)];
        _entries = new FileEntry?[files.Count];
        _partial = options.Output is null ? null : new PartialIndex(options.Output, rules, options.Time);
        _saved = options.Time.GetTimestamp();
    }

    /// <param name="paths">Files, folders, globs, <c>az://</c> addresses.</param>
    /// <exception cref="IndexException">Files cannot be read; names them with what is wrong.</exception>
    /// <exception cref="DataPlaceException">A path leads to no data.</exception>
    /// <exception cref="SubsetException">The subset cannot be resolved.</exception>
    public static async Task<DatasetIndex> BuildAsync(IReadOnlyList<string> paths, IndexOptions options, CancellationToken cancellation = default)
    {
        var rules = await SubsetRules.LoadAsync(options.Subset, options.Time, cancellation);
        try
        {
            var files = await DataPlace.FindAsync(paths, options.Time, options.Cache, cancellation);
            return await new IndexBuilder(options, rules, files).RunAsync(cancellation);
        }
        catch (StorageException fault)
        {
            throw new IndexException(fault.Message, fault);
        }
    }

    private async Task<DatasetIndex> RunAsync(CancellationToken cancellation)
    {
        if (_partial is not null)
            Reuse(await _partial.KnownAsync(cancellation));
        var open = Enumerable.Range(0, _files.Count).Where(file => _entries[file] is null).ToArray();
        var scanner = new FileScanner(_rules, _options.ExactCounts);
        try
        {
            await Parallel.ForEachAsync(open, new ParallelOptions { MaxDegreeOfParallelism = _options.Parallel, CancellationToken = cancellation }, async (file, token) => await OneAsync(scanner, file, token));
        }
        finally
        {
            await SaveAsync(always: true, CancellationToken.None);
        }

        if (!_faults.IsEmpty)
            throw Unreadable();
        var entries = _entries.Select(entry => entry!).ToArray();
        await RefuseUnknownColumnsAsync(entries, cancellation);
        var index = new DatasetIndex(IndexAssembly.Header(_roots, entries, _rules.Summary), entries);
        if (_partial is not null)
            await _partial.FinishAsync(index, cancellation);
        return index;
    }

    private void Reuse(Dictionary<string, FileEntry> known)
    {
        for (var file = 0; file < _files.Count; file++)
        {
            var source = _files[file];
            if (!known.TryGetValue(source.Address, out var entry) || entry.ETag != source.Blob.ETag || entry.Length != source.Blob.Length)
                continue;
            if (_options.ExactCounts && entry.Unread.Any(rows => rows > 0))
                continue;
            _entries[file] = entry with { Root = RootOf(source), Key = source.Blob.Key };
            _rows += entry.RowGroups.Sum(group => (long)group.Rows);
            (_done, _reused) = (_done + 1, _reused + 1);
        }

        _options.Progress?.Report(new IndexProgress(_done, _reused, _files.Count, _rows));
    }

    private async Task OneAsync(FileScanner scanner, int file, CancellationToken cancellation)
    {
        try
        {
            var entry = await scanner.ScanAsync(_files[file], RootOf(_files[file]), cancellation);
            _entries[file] = entry;
            _unsaved.Enqueue(entry);
            var rows = Interlocked.Add(ref _rows, entry.RowGroups.Sum(group => (long)group.Rows));
            _options.Progress?.Report(new IndexProgress(Interlocked.Increment(ref _done), _reused, _files.Count, rows));
        }
        catch (Exception fault) when (fault is DataFormatException or StorageException)
        {
            // the other files are still looked at, so that one message names all
            _faults[file] = fault.Message;
        }

        await SaveAsync(always: false, cancellation);
    }

    private async Task SaveAsync(bool always, CancellationToken cancellation)
    {
        if (_partial is null || _unsaved.IsEmpty || (!always && _options.Time.GetElapsedTime(Volatile.Read(ref _saved)) < _options.SaveEvery))
            return;
        await _saving.WaitAsync(cancellation);
        try
        {
            var entries = new List<FileEntry>();
            while (_unsaved.TryDequeue(out var entry))
                entries.Add(entry);
            if (entries.Count > 0)
                await _partial.SaveAsync(_roots, entries, cancellation);
            Volatile.Write(ref _saved, _options.Time.GetTimestamp());
        }
        finally
        {
            _saving.Release();
        }
    }

    private async Task RefuseUnknownColumnsAsync(FileEntry[] entries, CancellationToken cancellation)
    {
        var missing = entries.Select(entry => (IEnumerable<string>)entry.Lacks).Aggregate((a, b) => a.Intersect(b, StringComparer.Ordinal)).FirstOrDefault();
        if (missing is not null)
            throw ColumnSuggestion.Missing(missing, _rules.Where?.Columns.Contains(missing) == true ? "where" : "only", await FileScanner.DescribeAsync(_files[0], cancellation));
    }

    private IndexException Unreadable()
    {
        var told = _faults.OrderBy(fault => fault.Key).Take(FaultsTold).Select(fault => fault.Value);
        var more = _faults.Count > FaultsTold ? $"; and {_faults.Count - FaultsTold} more" : "";
        return new IndexException($"{(_faults.Count == 1 ? "a file" : $"{_faults.Count} files")} of {_files.Count} cannot be read: {string.Join("; ", told)}{more}");
    }

    private int RootOf(DataFile file) => Array.IndexOf(_roots, file.Store.Address);
}
