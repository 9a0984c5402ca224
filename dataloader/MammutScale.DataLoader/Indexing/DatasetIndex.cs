using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Indexing;

/// <summary>
/// Every file and row group of a data set, and the rows of its subset: flat arrays, some forty bytes a row group. Row groups are
/// numbered through all files. Immutable and thread-safe.
/// </summary>
public sealed class DatasetIndex : IRowSelection
{
    private readonly int[] _rows;
    private readonly int[] _selected;
    private readonly long[] _offsets;
    private readonly long[] _lengths;
    private readonly int[] _bitStarts;
    private readonly byte[] _bits;
    private readonly FileTable _files;

    internal DatasetIndex(IndexHeader header, IEnumerable<FileEntry> entries)
    {
        Header = header;
        var groups = header.RowGroups;
        (_rows, _offsets, _lengths, _bitStarts) = (new int[groups], new long[groups], new long[groups], new int[groups + 1]);
        _selected = header.Selects ? new int[groups] : _rows;
        _files = new FileTable(header.Files);
        var bits = new MemoryStream();
        var at = 0;
        foreach (var entry in entries)
        {
            _files.Add(entry, at);
            foreach (var group in entry.RowGroups)
            {
                (_rows[at], _offsets[at], _lengths[at]) = (group.Rows, group.Offset, group.Length);
                _selected[at] = group.Selected;
                bits.Write(group.Bits);
                _bitStarts[++at] = checked((int)bits.Length);
                Rows += group.Rows;
                SelectedRows += group.Selected;
            }

            Bytes += entry.Length;
        }

        if (at != groups || _files.Count != header.Files)
            throw new IndexException($"the index announces {header.Files} files with {groups} row groups, but holds {_files.Count} with {at}");
        _files.Close(at);
        _bits = bits.ToArray();
    }

    /// <summary>Identity of the data and of the subset: names, sizes and footers of the files, and the selected rows. A copy elsewhere has the same.</summary>
    public string Fingerprint => Header.Fingerprint;

    public int Files => _files.Count;

    public int RowGroups => _rows.Length;

    /// <summary>Rows in the files.</summary>
    public long Rows { get; }

    /// <summary>Rows that the subset keeps; all without one.</summary>
    public long SelectedRows { get; }

    /// <summary>Rows of failed downloads, which are never selected.</summary>
    public long FailedRows => Header.Failed;

    /// <summary>Bytes of the files.</summary>
    public long Bytes { get; }

    /// <summary>Addresses of the folders or containers that files are relative to.</summary>
    public IReadOnlyList<string> Roots => Header.Roots;

    /// <summary>The subset and what its conditions keep; null when none was asked for.</summary>
    public SubsetSummary? Subset => Header.Subset;

    internal IndexHeader Header { get; }

    /// <summary>Where a file is.</summary>
    public IndexedFile FileAt(int file) => _files.At(file, Header.Roots);

    /// <summary>Where a row group is: its file, its number in that file, its bytes.</summary>
    public IndexedRowGroup RowGroupAt(int rowGroup)
    {
        var file = _files.FileOf(rowGroup);
        return new IndexedRowGroup(file, rowGroup - _files.FirstGroup(file), _rows[rowGroup], _selected[rowGroup], _offsets[rowGroup], _lengths[rowGroup]);
    }

    /// <summary>The index as planning sees it.</summary>
    public PlanSource ToSource(string name, double? weight = null) => new(name, Fingerprint, _selected, Header.Selects ? this : null, weight);

    /// <summary>The same index for files that have moved as a whole.</summary>
    /// <exception cref="IndexException">The files have several roots.</exception>
    public DatasetIndex MovedTo(string root) => Roots.Count == 1
        ? new DatasetIndex(this, Header with { Roots = [root] })
        : throw new IndexException($"the index has {Roots.Count} roots ({string.Join(", ", Roots)}), so one new root cannot stand for them: build it again");

    void IRowSelection.Rows(int rowGroup, int first, Span<int> rows)
    {
        if (first < 0 || first + rows.Length > _selected[rowGroup])
            throw new ArgumentOutOfRangeException(nameof(first), first, $"row group {rowGroup} has {_selected[rowGroup]} selected rows, asked for {rows.Length} from here");
        RowBits.Rows(BitsOf(rowGroup), first, rows);
    }

    /// <summary>Entries as they were put in.</summary>
    internal IEnumerable<FileEntry> Entries()
    {
        for (var file = 0; file < Files; file++)
        {
            var (from, end) = (_files.FirstGroup(file), _files.FirstGroup(file + 1));
            var groups = new RowGroupEntry[end - from];
            for (var i = from; i < end; i++)
                groups[i - from] = new RowGroupEntry(_rows[i], _offsets[i], _lengths[i], _selected[i], BitsOf(i).ToArray());
            yield return _files.Entry(file, groups);
        }
    }

    private DatasetIndex(DatasetIndex other, IndexHeader header)
    {
        Header = header;
        (_rows, _selected, _offsets, _lengths, _bitStarts, _bits, _files) =
            (other._rows, other._selected, other._offsets, other._lengths, other._bitStarts, other._bits, other._files);
        (Rows, SelectedRows, Bytes) = (other.Rows, other.SelectedRows, other.Bytes);
    }

    private ReadOnlySpan<byte> BitsOf(int rowGroup) => _bits.AsSpan(_bitStarts[rowGroup], _bitStarts[rowGroup + 1] - _bitStarts[rowGroup]);
}
