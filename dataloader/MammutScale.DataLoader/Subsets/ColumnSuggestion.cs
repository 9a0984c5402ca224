using MammutScale.DataLoader.Subsets.Columns;

namespace MammutScale.DataLoader.Subsets;

/// <summary>Speaks of a column that no file has.</summary>
public static class ColumnSuggestion
{
    private const int Listed = 12;

    /// <summary>The message for a column that is nowhere: the nearest name, and what there is.</summary>
    public static SubsetException Missing(string column, string use, FileColumns example)
    {
        var near = example.All.Select(info => info.Name).Where(name => Distance(column, name) <= Math.Max(1, column.Length / 3)).MinBy(name => Distance(column, name));
        var listed = string.Join(", ", example.All.Take(Listed).Select(info => $"{info.Name} ({info.TypeName})"));
        var more = example.All.Count > Listed ? $" and {example.All.Count - Listed} more" : "";
        return new SubsetException($"{use}: no file has a column '{column}'{(near is null ? "" : $"; did you mean '{near}'?")} Columns of {example.File}: {listed}{more}");
    }

    /// <summary>Edits between two names without regard to case (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + cost));
            }
        }

        return row[b.Length];
    }
}
