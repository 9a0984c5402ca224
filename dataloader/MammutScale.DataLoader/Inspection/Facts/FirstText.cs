using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Inspection.Facts;

/// <summary>The text that stands for a row: its first caption that is not empty, else its question.</summary>
internal static class FirstText
{
    /// <summary>Null when there is none, or its bytes are not UTF-8.</summary>
    public static string? Of(DataRoles roles, RowGroupData data, int row) => In(roles[ColumnRole.Caption], data, row) ?? In(roles[ColumnRole.Question], data, row);

    private static string? In(RoleAssignment? role, RowGroupData data, int row)
    {
        if (role?.Leaf is not { Kind: not LeafKind.Null } leaf || !data.Has(leaf))
            return null;
        var column = data[leaf];
        if (leaf.MaxRepetition > 0)
            return column.TryGetTexts(row, out var texts) ? texts?.FirstOrDefault(text => !string.IsNullOrEmpty(text)) : null;
        return column.TryGetText(row, out var text) && !string.IsNullOrEmpty(text) ? text : null;
    }
}
