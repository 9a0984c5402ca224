using MammutScale.DataLoader.Subsets.Columns;

namespace MammutScale.DataLoader.Subsets.Expressions;

internal static class TypeFault
{
    /// <summary>Names the column behind an operand, its type and file, and what the condition wants of it.</summary>
    public static SubsetException Of(Operand operand, FileColumns file, string use)
    {
        var column = operand.Columns().FirstOrDefault();
        return column is null
            ? new SubsetException($"where: {operand} is {Name(operand.Kind(file))}, but {use}")
            : new SubsetException($"where: column '{column}' is {file.Find(column)?.TypeName ?? "missing"} in {file.File}, but {use}");
    }

    public static string Name(ColumnKind kind) => kind switch
    {
        ColumnKind.Integer or ColumnKind.Number => "a number",
        ColumnKind.Text => "text",
        ColumnKind.Boolean => "true or false",
        ColumnKind.Nothing => "nothing but nulls",
        _ => "of a type that conditions cannot use",
    };
}
