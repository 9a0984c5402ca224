using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Parquet.Values;

/// <summary>
/// The values of one leaf in one row group. Accessors take a row and answer in the caller's terms, whatever the file's type is:
/// numbers come from any numeric or textual storage, text from any storage that has a spelling. They are valid until the row
/// group is disposed, and may be used from several threads.
/// </summary>
public abstract class LeafColumn
{
    private readonly ColumnLayout _layout;

    private protected LeafColumn(SchemaLeaf leaf, ColumnLayout layout) => (Leaf, _layout) = (leaf, layout);

    public SchemaLeaf Leaf { get; }

    public int Rows => _layout.Rows;

    /// <summary>True when the row has no value: a null, a null or empty list, or a null struct around it.</summary>
    public bool IsNull(int row)
    {
        var (start, end) = _layout.Entries(row);
        return end - start == 1 && _layout.Place(start) < 0;
    }

    /// <summary>The first value of the row as bytes, a slice of the row group's buffer; false when there is none.</summary>
    public bool TryGetBytes(int row, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        return First(row) is var place and >= 0 && TryBytes(place, out bytes);
    }

    /// <summary>The first value of the row as text (null when there is none); false when its bytes are not UTF-8.</summary>
    public bool TryGetText(int row, out string? text)
    {
        text = null;
        return First(row) is not (var place and >= 0) || TryText(place, out text);
    }

    /// <summary>Every value of the row as text, lists of lists flattened; null for a null list; false when one is not UTF-8.</summary>
    public bool TryGetTexts(int row, out IReadOnlyList<string?>? texts)
    {
        texts = null;
        var (start, end) = _layout.Entries(row);
        if (IsMissing(start)) return true;
        var list = new List<string?>(end - start);
        for (var entry = start; entry < end; entry++)
        {
            if (!HasElement(entry, Leaf.MaxRepetition)) continue;
            string? text = null;
            if (_layout.Place(entry) is var place and >= 0 && !TryText(place, out text)) return false;
            list.Add(text);
        }

        texts = list;
        return true;
    }

    /// <summary>The first value of the row as a number; null when there is none, or it is text that is no number.</summary>
    public double? Number(int row) => First(row) is var place and >= 0 && AsNumber(place) is var number && !double.IsNaN(number) ? number : null;

    /// <summary>The first value of the row as an integer; null when there is none or it has a fraction.</summary>
    public long? Integer(int row) => First(row) is var place and >= 0 ? AsInteger(place) : null;

    /// <summary>Every value of the row, one inner list for each innermost list of the file; null for a null list, NaN for a null number.</summary>
    public IReadOnlyList<double[]>? NumberLists(int row)
    {
        var (start, end) = _layout.Entries(row);
        if (IsMissing(start)) return null;
        var lists = new List<double[]>();
        var current = new List<double>();
        var open = false;
        for (var entry = start; entry < end; entry++)
        {
            var begins = _layout.Repetitions is not { } repetitions || repetitions[entry] < Leaf.MaxRepetition;
            if (begins)
            {
                if (open) lists.Add([.. current]);
                current.Clear();
                open = HasElement(entry, Leaf.MaxRepetition - 1);
            }

            if (HasElement(entry, Leaf.MaxRepetition)) current.Add(_layout.Place(entry) is var place and >= 0 ? AsNumber(place) : double.NaN);
        }

        if (open) lists.Add([.. current]);
        return lists;
    }

    private protected abstract bool TryBytes(int place, out ReadOnlyMemory<byte> bytes);

    private protected abstract bool TryText(int place, out string? text);

    private protected abstract double AsNumber(int place);

    private protected abstract long? AsInteger(int place);

    private int First(int row)
    {
        var (start, end) = _layout.Entries(row);
        return end > start ? _layout.Place(start) : -1;
    }

    /// <summary>A null where the row's outermost list (or, outside lists, its value) should be.</summary>
    private bool IsMissing(int entry)
    {
        if (_layout.Definitions is not { } definitions) return false;
        return Leaf.MaxRepetition == 0 ? definitions[entry] < Leaf.MaxDefinition : definitions[entry] < Leaf.ListDefinitions[0] - 1;
    }

    /// <summary>False where the entry only says that one of the outer <paramref name="depth"/> lists is empty or null.</summary>
    private bool HasElement(int entry, int depth)
        => depth <= 0 || _layout.Definitions is not { } definitions || definitions[entry] >= Leaf.ListDefinitions[depth - 1];
}
