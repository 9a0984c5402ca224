using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Columns;

/// <summary>A column that was given a role.</summary>
/// <param name="Role">What it is for.</param>
/// <param name="Column">The column as a person would map it.</param>
/// <param name="Leaf">Where the values are.</param>
/// <param name="Reason">Why it was chosen.</param>
public sealed record RoleAssignment(ColumnRole Role, string Column, SchemaLeaf Leaf, string Reason);
