namespace MammutScale.DataLoader.Parquet.Metadata;

/// <summary>The columns of a file.</summary>
public sealed class FileSchema
{
    internal FileSchema(IReadOnlyList<SchemaNode> columns, IReadOnlyList<SchemaLeaf> leaves) => (Columns, Leaves) = (columns, leaves);

    public IReadOnlyList<SchemaNode> Columns { get; }

    public IReadOnlyList<SchemaLeaf> Leaves { get; }

    /// <summary>
    /// The node that a person means by <paramref name="path"/>: a column of exactly that name, dots and spaces included, before
    /// a dot reaches into a struct. Null when there is none.
    /// </summary>
    public SchemaNode? Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Find(Columns, path);
    }

    private static SchemaNode? Find(IReadOnlyList<SchemaNode> among, string path)
    {
        if (among.FirstOrDefault(c => c.Name == path) is { } exact) return exact;
        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = path.IndexOf('.', dot + 1))
        {
            var head = path[..dot];
            foreach (var node in among)
            {
                if (node.Name == head && Find(node.Children, path[(dot + 1)..]) is { } inner) return inner;
            }
        }

        return null;
    }
}
