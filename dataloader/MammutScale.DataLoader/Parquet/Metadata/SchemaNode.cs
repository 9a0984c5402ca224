namespace MammutScale.DataLoader.Parquet.Metadata;

/// <summary>
/// A column as a person sees it: struct, list or leaf. The group levels that only spell out a list in the file are not nodes,
/// so every writer's spelling looks the same.
/// </summary>
/// <param name="Name">Own name.</param>
/// <param name="Lists">How many lists are around this node's values, including its own.</param>
/// <param name="Children">Fields of a struct (or of a list's elements); empty for a leaf.</param>
/// <param name="Leaf">Set for a leaf.</param>
public sealed record SchemaNode(string Name, int Lists, IReadOnlyList<SchemaNode> Children, SchemaLeaf? Leaf)
{
    public SchemaNode? Child(string name) => Children.FirstOrDefault(c => c.Name == name);

    /// <summary>The leaves below, in file order.</summary>
    public IEnumerable<SchemaLeaf> Leaves => Leaf is not null ? [Leaf] : Children.SelectMany(c => c.Leaves);
}

/// <summary>A column of values.</summary>
/// <param name="Ordinal">Place among the leaves and in every row group.</param>
/// <param name="Path">Names from the root without the levels that spell out lists, e.g. <c>answers.answer</c>.</param>
/// <param name="PhysicalPath">All names from the root, as in the file.</param>
/// <param name="Kind">Meaning of the values.</param>
/// <param name="Type">Storage of the values.</param>
/// <param name="TypeLength">Bytes a value for <see cref="PhysicalType.FixedLengthByteArray"/>.</param>
/// <param name="Scale">Decimal digits after the point.</param>
/// <param name="Unsigned">For integers.</param>
/// <param name="MaxDefinition">Definition level of a value that is there.</param>
/// <param name="ListDefinitions">For each list around a value, outermost first, the definition level at which it has elements; one less is an empty list, less is null.</param>
public sealed record SchemaLeaf(
    int Ordinal, string Path, IReadOnlyList<string> PhysicalPath, LeafKind Kind, PhysicalType Type, int TypeLength, int Scale, bool Unsigned,
    int MaxDefinition, IReadOnlyList<int> ListDefinitions)
{
    public int MaxRepetition => ListDefinitions.Count;
}
