using System.Text;
using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Subsets.Columns;
using MammutScale.DataLoader.Subsets.Ids;

namespace MammutScale.DataLoader.Indexing.Scanning;

/// <summary>Applies the rules to one row group. Statistics come first: what they decide is not read.</summary>
/// <param name="exact">Counts every condition in full, even where another one rules the row group out.</param>
internal sealed class RowGroupScan(ParquetFile file, SubsetRules rules, SchemaLeaf? status, SchemaLeaf? ids, bool exact)
{
    private static readonly byte[] Success = Encoding.ASCII.GetBytes("success");

    private readonly int _terms = rules.Where?.Terms.Count ?? 0;

    public long Failed { get; private set; }

    /// <summary>[conditions], see <see cref="FileEntry"/>.</summary>
    public long[] Kept { get; } = new long[rules.Conditions.Count];

    public long[] Unread { get; } = new long[rules.Conditions.Count];

    public async Task<(int Selected, byte[] Bits)> ScanAsync(int group, CancellationToken cancellation)
    {
        using var columns = new RowGroupColumns(file, group);
        var foreseen = Enumerable.Range(0, _terms).Select(term => rules.Where!.Foresee(term, columns)).ToArray();
        var ruledOut = !exact && foreseen.Contains(false);
        var truth = TruthVector.All(columns.Rows, !ruledOut);
        if (!ruledOut)
            truth = truth.And(await DownloadedAsync(columns, group, cancellation));
        for (var term = 0; term < _terms; term++)
            truth = truth.And(await TermAsync(columns, term, foreseen[term], ruledOut, cancellation));
        if (rules.Ids is { } set)
            truth = truth.And(await ListedAsync(columns, set, ruledOut || (!exact && truth.Kept == 0), cancellation));
        return (truth.Kept, RowBits.Encode(truth.Bits, columns.Rows, truth.Kept));
    }

    private async Task<TruthVector> TermAsync(RowGroupColumns columns, int term, bool? foreseen, bool ruledOut, CancellationToken cancellation)
    {
        if (foreseen is { } all)
        {
            Kept[term] += all ? columns.Rows : 0;
            return TruthVector.All(columns.Rows, all);
        }

        if (ruledOut)
        {
            Unread[term] += columns.Rows;
            return TruthVector.All(columns.Rows, false);
        }

        await columns.ReadAsync(rules.Where!.ColumnsOf(term), cancellation);
        var truth = rules.Where.Evaluate(term, columns);
        Kept[term] += truth.Kept;
        return truth;
    }

    private async Task<TruthVector> ListedAsync(RowGroupColumns columns, IdSet set, bool ruledOut, CancellationToken cancellation)
    {
        var truth = new TruthVector(columns.Rows);
        if (ruledOut)
            Unread[_terms] += columns.Rows;
        if (ruledOut || ids is null)
            return truth;
        var column = (await columns.ReadRawAsync(ids, cancellation))[ids];
        for (var row = 0; row < columns.Rows; row++)
            truth.Set(row, IdColumn.At(column, row) is { } id && set.Contains(id));
        Kept[_terms] += truth.Kept;
        return truth;
    }

    /// <summary>Leaves out what the downloader did not get: the status is there and is not "success".</summary>
    private async Task<TruthVector> DownloadedAsync(RowGroupColumns columns, int group, CancellationToken cancellation)
    {
        if (status is null || AllSucceeded(file.Metadata.RowGroups[group].Columns[status.Ordinal].Statistics))
            return TruthVector.All(columns.Rows, true);
        var column = (await columns.ReadRawAsync(status, cancellation))[status];
        var truth = new TruthVector(columns.Rows);
        for (var row = 0; row < columns.Rows; row++)
            truth.Set(row, !column.TryGetBytes(row, out var text) || Ascii.EqualsIgnoreCase(text.Span, Success));
        Failed += columns.Rows - truth.Kept;
        return truth;
    }

    private static bool AllSucceeded(ColumnStatistics? statistics) =>
        statistics is { Min: { } min, Max: { } max } && min.AsSpan().SequenceEqual(Success) && max.AsSpan().SequenceEqual(Success);
}
