using System.Text;
using MammutScale.DataLoader.Subsets.Columns;

namespace MammutScale.DataLoader.Tests.Subsets;

/// <summary>Columns in memory; statistics are what their values allow.</summary>
internal sealed class FakeColumns(int rows) : IColumns
{
    private readonly Dictionary<string, ColumnVector> _columns = [];

    public List<string> Read { get; } = [];

    public int Rows => rows;

    public FakeColumns With(string name, params double?[] values)
    {
        _columns[name] = ColumnVector.Of([.. values.Select(value => value ?? 0)], [.. values.Select(value => value is not null)]);
        return this;
    }

    public FakeColumns WithSingles(string name, params float[] values)
    {
        _columns[name] = ColumnVector.OfSingles([.. values.Select(value => (double)value)]);
        return this;
    }

    public FakeColumns WithIntegers(string name, params long?[] values)
    {
        _columns[name] = ColumnVector.Of([.. values.Select(value => value ?? 0)], [.. values.Select(value => value is not null)]);
        return this;
    }

    public FakeColumns WithText(string name, params string?[] values)
    {
        _columns[name] = ColumnVector.Of([.. values.Select(value => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(value ?? "")))], [.. values.Select(value => value is not null)]);
        return this;
    }

    public FakeColumns WithBooleans(string name, params bool?[] values)
    {
        _columns[name] = ColumnVector.Of([.. values.Select(value => value ?? false)], [.. values.Select(value => value is not null)]);
        return this;
    }

    public ColumnVector Values(string column)
    {
        Read.Add(column);
        return _columns.GetValueOrDefault(column) ?? ColumnVector.Nulls(rows);
    }

    public ColumnRange Range(string column)
    {
        if (!_columns.TryGetValue(column, out var values))
            return ColumnRange.AllNull;
        var valid = Enumerable.Range(0, rows).Where(values.IsValid).ToArray();
        if (valid.Length == 0)
            return ColumnRange.AllNull;
        var nulls = valid.Length < rows;
        if (values.Kind == ColumnKind.Text)
        {
            var texts = new List<ReadOnlyMemory<byte>>();
            foreach (var row in valid)
                texts.Add(values.Texts[row]);
            texts.Sort((a, b) => a.Span.SequenceCompareTo(b.Span));
            return new ColumnRange { MayBeNull = nulls, MayHaveValue = true, MinText = texts[0], MaxText = texts[^1] };
        }

        var numbers = valid.Select(row => values.Kind == ColumnKind.Boolean ? (values.Booleans[row] ? 1 : 0) : values.NumberAt(row)).ToArray();
        return new ColumnRange { MayBeNull = nulls, MayHaveValue = true, Min = numbers.Min(), Max = numbers.Max() };
    }

    public FileColumns Schema() => new("a.parquet", [.. _columns.Select(column => new ColumnInfo(column.Key, column.Value.Kind, column.Value.Kind.ToString().ToLowerInvariant()))]);
}
