namespace MammutScale.DataLoader.Subsets.Columns;

/// <summary>What values of a column can be compared with. Files of one data set may store a number as any of its types.</summary>
public enum ColumnKind
{
    /// <summary>The file has no such column, or nothing but nulls in it.</summary>
    Nothing,
    Integer,
    Number,
    Text,
    Boolean,

    /// <summary>A type that conditions cannot speak about.</summary>
    Other,
}

/// <summary>A column of a file: its name, kind, and the type as the file writes it, for messages.</summary>
public sealed record ColumnInfo(string Name, ColumnKind Kind, string TypeName);
