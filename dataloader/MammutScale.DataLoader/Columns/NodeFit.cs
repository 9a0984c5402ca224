using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Columns;

/// <summary>Which leaf of a column, if any, can play a role: a column of the right name and the wrong type is not taken.</summary>
internal static class NodeFit
{
    public static SchemaLeaf? Find(ColumnRole role, SchemaNode node) => role switch
    {
        ColumnRole.Media => Media(node),
        ColumnRole.Caption or ColumnRole.Question => Text(node, []),
        ColumnRole.Answers => Text(node, PlainNames.AnswerText) ?? Scalar(node),
        ColumnRole.Boxes => node.Leaf is { MaxRepetition: 1 or 2 } leaf && IsNumber(leaf) ? leaf : null,
        ColumnRole.Labels => node.Leaf is { } leaf && leaf.MaxRepetition <= 1 && (IsText(leaf) || IsNumber(leaf)) ? leaf : null,
        ColumnRole.Key => Scalar(node),
        ColumnRole.Status => node.Leaf is { MaxRepetition: 0 } leaf && IsText(leaf) ? leaf : null,
        _ => node.Leaf is { MaxRepetition: 0 } leaf && (IsNumber(leaf) || leaf.Kind == LeafKind.Null) ? leaf : null,
    };

    /// <summary>What a role needs, for messages.</summary>
    public static string Need(ColumnRole role) => role switch
    {
        ColumnRole.Media => "bytes, or a struct with 'bytes'",
        ColumnRole.Caption => "text, or a list of text",
        ColumnRole.Question => "text",
        ColumnRole.Answers => "text, a list of text, or a list of structs with 'answer'",
        ColumnRole.Boxes => "a list of lists of four numbers",
        ColumnRole.Labels => "a list of text or numbers",
        ColumnRole.Key => "one text or number a row",
        ColumnRole.Status => "one text a row",
        _ => "one number a row",
    };

    private static SchemaLeaf? Media(SchemaNode node)
    {
        if (node.Leaf is { } leaf) return leaf is { Kind: LeafKind.Bytes, Type: PhysicalType.ByteArray, MaxRepetition: 0 } ? leaf : null;
        return node.Lists > 0 ? null
            : node.Children.FirstOrDefault(c => PlainNames.Matches(PlainNames.Bytes, c.Name) && c.Leaf is { Type: PhysicalType.ByteArray, MaxRepetition: 0, Kind: LeafKind.Bytes })?.Leaf;
    }

    private static SchemaLeaf? Text(SchemaNode node, string[] inside)
    {
        if (node.Leaf is { } leaf) return leaf.MaxRepetition <= 2 && (IsText(leaf) || leaf.Kind == LeafKind.Null) ? leaf : null;
        foreach (var name in inside)
        {
            if (node.Children.FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Leaf is { } inner && inner.MaxRepetition <= 1 && (IsText(inner) || IsNumber(inner))) return inner;
        }

        return null;
    }

    private static SchemaLeaf? Scalar(SchemaNode node) => node.Leaf is { MaxRepetition: 0 } leaf && (IsText(leaf) || IsNumber(leaf)) ? leaf : null;

    /// <summary>Some writers leave the UTF-8 annotation out, so bytes may be text.</summary>
    private static bool IsText(SchemaLeaf leaf) => leaf.Kind == LeafKind.Text || leaf is { Kind: LeafKind.Bytes, Type: PhysicalType.ByteArray };

    private static bool IsNumber(SchemaLeaf leaf) => leaf.Kind is LeafKind.Integer or LeafKind.Floating or LeafKind.Decimal;
}
