using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Inspection.Facts;
using MammutScale.DataLoader.Parquet;

namespace MammutScale.DataLoader.Inspection.Verifying;

/// <summary>The verdict on the rows of one row group.</summary>
internal sealed class RowGroupCheck
{
    public long Failed { get; private set; }

    public long Good { get; private set; }

    /// <summary>Row in the row group, and what is wrong with it.</summary>
    public List<(int Row, string Reason)> Bad { get; } = [];

    public RowDigest Digest;

    /// <summary>Reads and checks every row. Pages that are damaged make all rows of the group bad.</summary>
    public static async Task<RowGroupCheck> RunAsync(ParquetFile file, DataRoles roles, int group, long rows, IMediaCheck media, CancellationToken cancellation)
    {
        var check = new RowGroupCheck();
        try
        {
            using var data = await file.ReadRowGroupAsync(group, roles.Leaves, cancellation);
            var columns = SampleColumns.Bind(roles, data);
            for (var row = 0; row < data.Rows; row++)
                check.Add(columns.Read(row), roles, media, data);
        }
        catch (DataFormatException fault)
        {
            check = new RowGroupCheck();
            var reason = fault.Message.StartsWith(file.Name, StringComparison.Ordinal) ? fault.Message[file.Name.Length..].TrimStart(',', ':', ' ') : fault.Message;
            for (var row = 0; row < rows; row++)
                check.Bad.Add((row, reason));
        }

        return check;
    }

    private void Add(SampleRow row, DataRoles roles, IMediaCheck media, RowGroupData data)
    {
        if (row.State == RowState.Failed)
        {
            Failed++;
            return;
        }

        var reason = row.State == RowState.Bad ? row.Reason ?? "unusable" : media.Fault(row.Media);
        if (reason is not null)
        {
            Bad.Add((row.Row, reason));
            return;
        }

        Good++;
        Digest.Add(row.Media.Span, FirstText.Of(roles, data, row.Row));
    }
}
