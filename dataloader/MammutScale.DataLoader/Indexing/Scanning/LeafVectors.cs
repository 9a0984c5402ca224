using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Parquet.Values;
using MammutScale.DataLoader.Subsets.Columns;

namespace MammutScale.DataLoader.Indexing.Scanning;

/// <summary>Columns of a Parquet file in the terms of conditions.</summary>
internal static class LeafVectors
{
    /// <summary>All columns of a file that have a value of their own a row, and the lists that conditions cannot use.</summary>
    public static FileColumns Describe(FileSchema schema, string file)
    {
        var columns = new Dictionary<string, ColumnInfo>(StringComparer.Ordinal);
        // a column of exactly that name goes before one inside a struct
        foreach (var leaf in schema.Leaves.OrderBy(leaf => leaf.PhysicalPath.Count))
            columns.TryAdd(leaf.Path, new ColumnInfo(leaf.Path, KindOf(leaf), NameOf(leaf)));
        return new FileColumns(file, [.. schema.Leaves.Select(leaf => leaf.Path).Distinct().Select(path => columns[path])]);
    }

    public static ColumnKind KindOf(SchemaLeaf leaf)
    {
        if (leaf.MaxRepetition > 0)
            return ColumnKind.Other;
        return leaf.Kind switch
        {
            LeafKind.Text or LeafKind.Bytes => ColumnKind.Text,
            LeafKind.Boolean => ColumnKind.Boolean,
            LeafKind.Integer or LeafKind.Temporal => leaf is { Unsigned: true, Type: PhysicalType.Int64 } ? ColumnKind.Number : ColumnKind.Integer,
            LeafKind.Floating or LeafKind.Decimal => ColumnKind.Number,
            _ => ColumnKind.Nothing,
        };
    }

    public static ColumnVector Values(LeafColumn column)
    {
        var rows = column.Rows;
        switch (KindOf(column.Leaf))
        {
            case ColumnKind.Integer:
                var (integers, valid) = (new long[rows], new bool[rows]);
                for (var row = 0; row < rows; row++)
                    if (column.Integer(row) is { } integer)
                        (integers[row], valid[row]) = (integer, true);
                return ColumnVector.Of(integers, valid);
            case ColumnKind.Number:
                var numbers = new double[rows];
                for (var row = 0; row < rows; row++)
                    numbers[row] = column.Number(row) ?? double.NaN;
                return column.Leaf.Type == PhysicalType.Float ? ColumnVector.OfSingles(numbers) : ColumnVector.Of(numbers);
            case ColumnKind.Boolean:
                var (booleans, known) = (new bool[rows], new bool[rows]);
                for (var row = 0; row < rows; row++)
                    if (column.Integer(row) is { } bit)
                        (booleans[row], known[row]) = (bit != 0, true);
                return ColumnVector.Of(booleans, known);
            case ColumnKind.Text:
                var (texts, there) = (new ReadOnlyMemory<byte>[rows], new bool[rows]);
                for (var row = 0; row < rows; row++)
                    there[row] = column.TryGetBytes(row, out texts[row]);
                return ColumnVector.Of(texts, there);
            case ColumnKind.Other:
                var present = new bool[rows];
                for (var row = 0; row < rows; row++)
                    present[row] = !column.IsNull(row);
                return ColumnVector.Presence(present);
            default:
                return ColumnVector.Nulls(rows);
        }
    }

    /// <summary>What the statistics of a chunk promise.</summary>
    public static ColumnRange Range(SchemaLeaf leaf, ColumnChunk chunk)
    {
        var statistics = chunk.Statistics;
        // an entry of a list is not a row
        if (leaf.MaxRepetition > 0)
            return ColumnRange.Unknown;
        if (KindOf(leaf) == ColumnKind.Nothing || (statistics?.NullCount is { } nulls && nulls == chunk.Values))
            return ColumnRange.AllNull;
        // NaN counts as null, and no statistics tell of it
        var mayBeNull = statistics?.NullCount != 0 || leaf.Kind == LeafKind.Floating;
        var unknown = ColumnRange.Unknown with { MayBeNull = mayBeNull };
        if (statistics is null)
            return unknown;
        if (KindOf(leaf) == ColumnKind.Text)
            return unknown with { MinText = statistics.Min, MaxText = statistics.Max };
        return statistics.TryGetRange(leaf, out var min, out var max) ? unknown with { Min = min, Max = max } : unknown;
    }

    private static string NameOf(SchemaLeaf leaf)
    {
        var stored = leaf.Type switch
        {
            PhysicalType.ByteArray or PhysicalType.FixedLengthByteArray => "",
            var type => $" ({type.ToString().ToLowerInvariant()})",
        };
        return $"{string.Concat(Enumerable.Repeat("a list of ", leaf.MaxRepetition))}{leaf.Kind.ToString().ToLowerInvariant()}{stored}";
    }
}
