using MammutScale.DataLoader.Parquet.Faults;

namespace MammutScale.DataLoader.Parquet.Metadata;

/// <summary>
/// Builds the tree of columns from the footer's flat list. Lists are known by structure: a group whose only child repeats is a
/// list, whatever the names and with or without the LIST annotation; a repeated field outside such a group is one, too.
/// </summary>
internal sealed class SchemaBuilder
{
    private const int MaxDepth = 64;
    private const int MaxLevel = byte.MaxValue;
    private readonly IReadOnlyList<SchemaElement> _elements;
    private readonly List<SchemaLeaf> _leaves = [];
    private int _next;

    private SchemaBuilder(IReadOnlyList<SchemaElement> elements) => _elements = elements;

    public static FileSchema Build(IReadOnlyList<SchemaElement> elements)
    {
        if (elements.Count == 0) throw new CorruptDataException("the footer has no schema");
        var builder = new SchemaBuilder(elements);
        var columns = builder.BuildRoot();
        if (builder._next != elements.Count)
            throw new CorruptDataException($"the schema lists {elements.Count} elements and its tree uses {builder._next}");
        return new FileSchema(columns, builder._leaves);
    }

    private List<SchemaNode> BuildRoot()
    {
        var root = _elements[_next++];
        if (root.Type is not null) throw new CorruptDataException("the root of the schema is not a group");
        return BuildChildren(root, new Place([], [], 0, []), depth: 0);
    }

    private List<SchemaNode> BuildChildren(SchemaElement group, Place place, int depth)
    {
        if (depth > MaxDepth) throw new CorruptDataException($"the schema is nested deeper than {MaxDepth} levels");
        if (group.Children < 0 || group.Children > _elements.Count - _next)
            throw new CorruptDataException($"group '{group.Name}' claims {group.Children} children where {_elements.Count - _next} elements are left");
        var children = new List<SchemaNode>(group.Children);
        for (var i = 0; i < group.Children; i++) children.Add(BuildNode(place, depth + 1));
        return children;
    }

    private SchemaNode BuildNode(Place parent, int depth)
    {
        var element = Take();
        var place = parent.Enter(element, named: true);
        if (element.Type is not null) return MakeLeaf(element, place);
        if (element.Children == 1 && element.Repetition != Repetition.Repeated && Peek()?.Repetition == Repetition.Repeated)
            return BuildList(element, place, depth + 1);
        return new SchemaNode(element.Name, place.ListDefinitions.Count, BuildChildren(element, place, depth), null);
    }

    /// <summary>The element after the repeated level: the level itself (two-level lists, structs) or its only child (three levels).</summary>
    private SchemaNode BuildList(SchemaElement list, Place place, int depth)
    {
        if (depth > MaxDepth) throw new CorruptDataException($"the schema is nested deeper than {MaxDepth} levels");
        var repeated = Take();
        var inside = place.Enter(repeated, named: false);
        if (repeated.Type is not null) return MakeLeaf(repeated, inside) with { Name = list.Name };
        if (repeated.Children != 1 || Peek()?.Repetition == Repetition.Repeated)
            return new SchemaNode(list.Name, inside.ListDefinitions.Count, BuildChildren(repeated, inside, depth), null);

        var element = Take();
        var value = inside.Enter(element, named: false);
        if (element.Type is not null) return MakeLeaf(element, value) with { Name = list.Name };
        if (element.Children == 1 && Peek()?.Repetition == Repetition.Repeated) return BuildList(element, value, depth + 1) with { Name = list.Name };
        return new SchemaNode(list.Name, value.ListDefinitions.Count, BuildChildren(element, value, depth + 1), null);
    }

    private SchemaNode MakeLeaf(SchemaElement element, Place place)
    {
        if (element.Children > 0) throw new CorruptDataException($"'{element.Name}' has both a type and children");
        if (place.Definition > MaxLevel) throw new CorruptDataException($"'{element.Name}' is nested deeper than {MaxLevel} levels");
        if (element is { Type: PhysicalType.FixedLengthByteArray, TypeLength: <= 0 })
            throw new CorruptDataException($"'{element.Name}' has fixed-length values of {element.TypeLength} bytes");
        var leaf = new SchemaLeaf(
            _leaves.Count, string.Join('.', place.Names), place.PhysicalNames, KindOf(element), element.Type!.Value, element.TypeLength, element.Scale, element.Unsigned,
            place.Definition, place.ListDefinitions);
        _leaves.Add(leaf);
        return new SchemaNode(element.Name, place.ListDefinitions.Count, [], leaf);
    }

    private static LeafKind KindOf(SchemaElement element) => element.Logical switch
    {
        LogicalAnnotation.Unknown => LeafKind.Null,
        LogicalAnnotation.String or LogicalAnnotation.Enum or LogicalAnnotation.Json => LeafKind.Text,
        LogicalAnnotation.Decimal => LeafKind.Decimal,
        LogicalAnnotation.Date or LogicalAnnotation.Time or LogicalAnnotation.Timestamp => LeafKind.Temporal,
        LogicalAnnotation.Float16 when element is { Type: PhysicalType.FixedLengthByteArray, TypeLength: 2 } => LeafKind.Floating,
        _ => element.Type switch
        {
            PhysicalType.Boolean => LeafKind.Boolean,
            PhysicalType.Int32 or PhysicalType.Int64 => LeafKind.Integer,
            PhysicalType.Int96 => LeafKind.Temporal,
            PhysicalType.Float or PhysicalType.Double => LeafKind.Floating,
            _ => LeafKind.Bytes,
        },
    };

    private SchemaElement Take() => _next < _elements.Count ? _elements[_next++]
        : throw new CorruptDataException($"the schema's tree needs more than its {_elements.Count} elements");

    private SchemaElement? Peek() => _next < _elements.Count ? _elements[_next] : null;

    /// <summary>Levels and names on the way down.</summary>
    private sealed record Place(IReadOnlyList<string> Names, IReadOnlyList<string> PhysicalNames, int Definition, IReadOnlyList<int> ListDefinitions)
    {
        public Place Enter(SchemaElement element, bool named)
        {
            var definition = element.Repetition == Repetition.Required ? Definition : Definition + 1;
            return new Place(
                named ? [.. Names, element.Name] : Names,
                [.. PhysicalNames, element.Name],
                definition,
                element.Repetition == Repetition.Repeated ? [.. ListDefinitions, definition] : ListDefinitions);
        }
    }
}
