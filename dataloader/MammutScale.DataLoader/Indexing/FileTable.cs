using System.Text;

namespace MammutScale.DataLoader.Indexing;

/// <summary>The files of an index: keys as UTF-8 in one buffer, the rest in flat arrays.</summary>
internal sealed class FileTable(int capacity)
{
    private readonly List<int> _firstGroups = new(capacity + 1);
    private readonly List<int> _textStarts = new(capacity + 1) { 0 };
    private readonly List<int> _roots = new(capacity);
    private readonly List<long> _lengths = new(capacity);
    private readonly List<ulong> _contents = new(capacity);
    private readonly List<long> _failed = new(capacity);
    private readonly List<long> _kept = [];
    private readonly List<long> _unread = [];
    private readonly Dictionary<int, IReadOnlyList<string>> _lacks = [];
    private readonly MemoryStream _text = new();

    public int Count => _lengths.Count;

    public void Add(FileEntry entry, int firstGroup)
    {
        _firstGroups.Add(firstGroup);
        _roots.Add(entry.Root);
        _lengths.Add(entry.Length);
        _contents.Add(entry.Content);
        // key and tag share the buffer; neither holds a zero
        _text.Write(Encoding.UTF8.GetBytes(entry.Key + '\0' + entry.ETag));
        _textStarts.Add(checked((int)_text.Length));
        _failed.Add(entry.Failed);
        _kept.AddRange(entry.Kept);
        _unread.AddRange(entry.Unread);
        if (entry.Lacks.Count > 0)
            _lacks[Count - 1] = entry.Lacks;
    }

    public void Close(int groups) => _firstGroups.Add(groups);

    /// <summary>First row group of a file; of the file after the last one: how many there are.</summary>
    public int FirstGroup(int file) => _firstGroups[file];

    /// <summary>The file that holds a row group.</summary>
    public int FileOf(int rowGroup)
    {
        if (rowGroup < 0 || rowGroup >= _firstGroups[^1])
            throw new ArgumentOutOfRangeException(nameof(rowGroup), rowGroup, $"the index has {_firstGroups[^1]} row groups");
        int low = 0, high = Count - 1;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_firstGroups[middle + 1] <= rowGroup)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    public IndexedFile At(int file, IReadOnlyList<string> roots) =>
        new(roots[_roots[file]], Text(file).Key, _lengths[file], _firstGroups[file], _firstGroups[file + 1] - _firstGroups[file]);

    public FileEntry Entry(int file, RowGroupEntry[] groups)
    {
        var (key, etag) = Text(file);
        var conditions = _kept.Count / Count;
        return new FileEntry
        {
            Root = _roots[file],
            Key = key,
            ETag = etag,
            Length = _lengths[file],
            Content = _contents[file],
            RowGroups = groups,
            Failed = _failed[file],
            Kept = [.. _kept.GetRange(file * conditions, conditions)],
            Unread = [.. _unread.GetRange(file * conditions, conditions)],
            Lacks = _lacks.GetValueOrDefault(file, []),
        };
    }

    private (string Key, string ETag) Text(int file)
    {
        var text = Encoding.UTF8.GetString(_text.GetBuffer(), _textStarts[file], _textStarts[file + 1] - _textStarts[file]);
        var zero = text.IndexOf('\0', StringComparison.Ordinal);
        return (text[..zero], text[(zero + 1)..]);
    }
}
