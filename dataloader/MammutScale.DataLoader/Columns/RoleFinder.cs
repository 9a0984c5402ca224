using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Columns;

/// <summary>Gives roles to the columns of one file: what a person said, then what the file says about itself, then names.</summary>
internal sealed class RoleFinder(FileMetadata metadata, ColumnMapping mapping, string file)
{
    private const int SuggestWithin = 3;
    private readonly List<RoleAssignment> _found = [];

    public IReadOnlyList<RoleAssignment> Find()
    {
        foreach (var (role, column) in mapping.Columns) _found.Add(Mapped(role, column));
        FindMedia();
        ByName(ColumnRole.Caption, PlainNames.Caption);
        ByName(ColumnRole.Question, PlainNames.Question);
        ByName(ColumnRole.Answers, PlainNames.Answers);
        FindObjects();
        ByName(ColumnRole.Key, PlainNames.Key);
        ByName(ColumnRole.Status, PlainNames.Status);
        ByName(ColumnRole.Width, PlainNames.Width);
        ByName(ColumnRole.Height, PlainNames.Height);
        return [.. _found.OrderBy(a => a.Role)];
    }

    private RoleAssignment Mapped(ColumnRole role, string column)
    {
        var name = role.ToString().ToLowerInvariant();
        var node = metadata.Schema.Find(column) ?? throw new DataFormatException($"{file}: {name}={column}: there is no such column.{Nearest(column)} It has {Names()}");
        var leaf = NodeFit.Find(role, node) ?? OnlyText(role, node)
            ?? throw new DataFormatException($"{file}: {name}={column}: the column is {Describe(node)}, and {name} needs {NodeFit.Need(role)}");
        return new RoleAssignment(role, column, leaf, "said so");
    }

    /// <summary>What is said goes: text columns marked as such may hold media, if they are byte strings.</summary>
    private static SchemaLeaf? OnlyText(ColumnRole role, SchemaNode node)
        => role == ColumnRole.Media && node.Leaf is { Type: PhysicalType.ByteArray, MaxRepetition: 0 } leaf ? leaf : null;

    private void FindMedia()
    {
        if (Has(ColumnRole.Media)) return;
        foreach (var type in (string[])["Image", "Video"])
        {
            foreach (var column in HuggingFaceFeatures.ColumnsOf(metadata.KeyValues, type))
            {
                if (metadata.Schema.Columns.FirstOrDefault(c => c.Name == column) is { } node && Add(ColumnRole.Media, node, node.Name, $"the file's Hugging Face metadata calls it {type}")) return;
            }
        }

        ByName(ColumnRole.Media, PlainNames.Media);
    }

    private void FindObjects()
    {
        ByName(ColumnRole.Boxes, PlainNames.Boxes);
        if (!Has(ColumnRole.Boxes)) Inside(ColumnRole.Boxes, PlainNames.Boxes);
        ByName(ColumnRole.Labels, PlainNames.Labels);
        if (!Has(ColumnRole.Labels)) Inside(ColumnRole.Labels, PlainNames.Labels);
    }

    private void Inside(ColumnRole role, string[] names)
    {
        foreach (var parent in metadata.Schema.Columns.Where(c => PlainNames.Matches(PlainNames.Objects, c.Name)))
        {
            foreach (var name in names)
            {
                if (parent.Children.FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } node
                    && Add(role, node, $"{parent.Name}.{node.Name}", $"'{parent.Name}' holds objects and '{node.Name}' is a usual name")) return;
            }
        }
    }

    private void ByName(ColumnRole role, string[] names)
    {
        if (Has(role)) return;
        foreach (var name in names)
        {
            // the exact spelling before others
            var nodes = metadata.Schema.Columns.Where(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).OrderByDescending(c => c.Name == name);
            foreach (var node in nodes)
            {
                if (Add(role, node, node.Name, $"'{node.Name}' is a usual name and it is {Describe(node)}")) return;
            }
        }
    }

    private bool Add(ColumnRole role, SchemaNode node, string column, string reason)
    {
        if (NodeFit.Find(role, node) is not { } leaf || _found.Any(a => a.Leaf.Ordinal == leaf.Ordinal)) return false;
        _found.Add(new RoleAssignment(role, column, leaf, reason));
        return true;
    }

    private bool Has(ColumnRole role) => _found.Any(a => a.Role == role);

    private string Names() => string.Join(", ", metadata.Schema.Columns.Select(c => $"'{c.Name}'"));

    private string Nearest(string column)
    {
        var best = metadata.Schema.Columns.MinBy(c => EditDistance(c.Name, column));
        return best is not null && EditDistance(best.Name, column) <= SuggestWithin ? $" Did you mean '{best.Name}'?" : "";
    }

    private static string Describe(SchemaNode node)
    {
        var value = node.Leaf is { } leaf ? leaf.Kind.ToString().ToLowerInvariant() : $"a struct of {string.Join(", ", node.Children.Select(c => $"'{c.Name}'"))}";
        return string.Concat(Enumerable.Repeat("a list of ", node.Lists)) + value;
    }

    private static int EditDistance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitute = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
