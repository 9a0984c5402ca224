using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Parquet.Values;

namespace MammutScale.DataLoader.Subsets.Ids;

/// <summary>The column of a file that holds ids.</summary>
internal static class IdColumn
{
    private static readonly string[] UsualNames = ["uid", "key", "id"];

    /// <param name="asked">The column that was named; null to look for a usual name.</param>
    /// <returns>Null when the file has no such column.</returns>
    /// <exception cref="SubsetException">The column holds neither text nor integers.</exception>
    public static SchemaLeaf? Find(FileSchema schema, string? asked, string file)
    {
        var names = asked is null ? UsualNames : [asked];
        var node = names.Select(schema.Find).FirstOrDefault(found => found is not null);
        if (node is null || node.Leaf is { Kind: LeafKind.Null })
            return null;
        return node.Leaf is { MaxRepetition: 0, Kind: LeafKind.Text or LeafKind.Bytes or LeafKind.Integer } leaf
            ? leaf
            : throw new SubsetException($"only: column '{node.Name}' of {file} holds {node.Leaf?.Kind.ToString().ToLowerInvariant() ?? "a struct"}, and ids are text or integers; name another one with `only_column`");
    }

    /// <summary>The id of a row; null when it has none.</summary>
    public static UInt128? At(LeafColumn column, int row)
    {
        if (column.Leaf.Kind == LeafKind.Integer)
            return column.Integer(row) is { } integer ? SampleKey.OfInteger(integer) : null;
        return column.TryGetBytes(row, out var text) ? SampleKey.OfText(text.Span) : null;
    }
}
