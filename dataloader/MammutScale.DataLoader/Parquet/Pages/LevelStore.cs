using MammutScale.DataLoader.Parquet.Faults;
using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Parquet.Values;

namespace MammutScale.DataLoader.Parquet.Pages;

/// <summary>The levels of a chunk, gathered page by page, and what they mean: which entries have values, where rows begin.</summary>
internal sealed class LevelStore(SchemaLeaf leaf, int entries)
{
    private readonly byte[]? _definitions = leaf.MaxDefinition > 0 ? new byte[entries] : null;
    private readonly byte[]? _repetitions = leaf.MaxRepetition > 0 ? new byte[entries] : null;
    private int _done;

    public Span<byte> NextDefinitions(int count) => Next(_definitions, count);

    public Span<byte> NextRepetitions(int count) => Next(_repetitions, count);

    /// <summary>Moves past the page's entries; returns how many have values and how many rows begin.</summary>
    public (int Present, int Rows) Commit(int count)
    {
        var (present, rows) = (count, count);
        if (_definitions is not null) present = _definitions.AsSpan(_done, count).Count((byte)leaf.MaxDefinition);
        if (_repetitions is not null)
        {
            if (_done == 0 && count > 0 && _repetitions[0] != 0) throw new CorruptDataException("its first value continues a list that never began");
            rows = _repetitions.AsSpan(_done, count).Count((byte)0);
        }

        _done += count;
        return (present, rows);
    }

    /// <param name="rows">What the footer says; it must be so.</param>
    public ColumnLayout Finish(int rows)
    {
        var starts = _repetitions is null ? null : Starts();
        var found = _repetitions is null ? _done : starts!.Length - 1;
        if (found != rows) throw new CorruptDataException($"its pages hold {found} rows where the footer says {rows}");
        return new ColumnLayout(rows, _definitions, _repetitions, starts, Places());
    }

    /// <summary>For each entry the place of its value, −1 for none; null when every entry has one.</summary>
    private int[]? Places()
    {
        if (_definitions is null || !_definitions.AsSpan(0, _done).ContainsAnyExcept((byte)leaf.MaxDefinition)) return null;
        var places = new int[_done];
        var next = 0;
        for (var i = 0; i < places.Length; i++) places[i] = _definitions[i] == leaf.MaxDefinition ? next++ : -1;
        return places;
    }

    private int[] Starts()
    {
        var starts = new int[_repetitions.AsSpan(0, _done).Count((byte)0) + 1];
        var next = 0;
        for (var i = 0; i < _done; i++)
        {
            if (_repetitions![i] == 0) starts[next++] = i;
        }

        starts[next] = _done;
        return starts;
    }

    private Span<byte> Next(byte[]? levels, int count)
    {
        if (count > entries - _done) throw new CorruptDataException($"its pages hold more than the {entries} values that the footer says");
        return levels is null ? [] : levels.AsSpan(_done, count);
    }
}
