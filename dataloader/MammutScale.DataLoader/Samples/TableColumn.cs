using Parquet;
using Parquet.Schema;

namespace MammutScale.DataLoader.Samples;

/// <summary>One column of a Parquet table that we write: its field, and how a row gives its value.</summary>
internal abstract record TableColumn<TRow>(Field Field)
{
    internal abstract Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyList<TRow> rows);
}

/// <summary>A nullable UTF-8 column.</summary>
internal sealed record TextColumn<TRow>(string Name, Func<TRow, string?> Value) : TableColumn<TRow>(new DataField(Name, typeof(string), isNullable: true))
{
    internal override Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyList<TRow> rows) =>
        group.WriteAsync((DataField)Field, [.. rows.Select(Value)]);
}

/// <summary>A required int32 column.</summary>
internal sealed record NumberColumn<TRow>(string Name, Func<TRow, int> Value) : TableColumn<TRow>(new DataField<int>(Name))
{
    internal override Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyList<TRow> rows) =>
        group.WriteAsync<int>((DataField)Field, rows.Select(Value).ToArray());
}

/// <summary>A nullable column of bytes: the media.</summary>
internal sealed record BytesColumn<TRow>(string Name, Func<TRow, byte[]?> Value) : TableColumn<TRow>(new DataField(Name, typeof(byte[]), isNullable: true))
{
    internal override Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyList<TRow> rows) =>
        group.WriteAsync((DataField)Field, rows.Select(Value).ToArray()!);
}

/// <summary>A list of strings; no list may be empty.</summary>
internal sealed record TextListColumn<TRow>(string Name, Func<TRow, IReadOnlyList<string>> Value)
    : TableColumn<TRow>(new ListField(Name, new DataField("element", typeof(string), isNullable: true)))
{
    internal override Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyList<TRow> rows)
    {
        List<string?> values = [];
        List<int> repetition = [];
        foreach (var row in rows)
        {
            var list = Value(row);
            ListLevels.RefuseEmpty(Name, list.Count);
            for (int i = 0; i < list.Count; i++) { values.Add(list[i]); repetition.Add(i == 0 ? 0 : 1); }
        }
        return group.WriteAsync((DataField)((ListField)Field).Item, values!, repetition.ToArray());
    }
}

/// <summary>A list of lists of floats, as detection boxes are stored; no list may be empty.</summary>
internal sealed record BoxListColumn<TRow>(string Name, Func<TRow, IReadOnlyList<float[]>> Value)
    : TableColumn<TRow>(new ListField(Name, new ListField("element", new DataField("element", typeof(float), isNullable: true))))
{
    internal override Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyList<TRow> rows)
    {
        List<float?> values = [];
        List<int> repetition = [];
        foreach (var row in rows)
        {
            var boxes = Value(row);
            ListLevels.RefuseEmpty(Name, boxes.Count);
            for (int i = 0; i < boxes.Count; i++)
            {
                ListLevels.RefuseEmpty(Name, boxes[i].Length);
                for (int j = 0; j < boxes[i].Length; j++) { values.Add(boxes[i][j]); repetition.Add(j > 0 ? 2 : i > 0 ? 1 : 0); }
            }
        }
        var leaf = (DataField)((ListField)((ListField)Field).Item).Item;
        return group.WriteAsync<float>(leaf, values.ToArray(), repetition.ToArray());
    }
}

internal static class ListLevels
{
    internal static void RefuseEmpty(string column, int count)
    {
        if (count == 0) throw new ArgumentException($"column '{column}': a row has an empty list, this writer stores lists of one or more values");
    }
}
