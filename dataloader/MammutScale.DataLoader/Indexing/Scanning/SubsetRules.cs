using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MammutScale.DataLoader.Subsets;
using MammutScale.DataLoader.Subsets.Expressions;
using MammutScale.DataLoader.Subsets.Ids;

namespace MammutScale.DataLoader.Indexing.Scanning;

/// <summary>The subset of an index, ready to be applied: the expression parsed, the list of ids read.</summary>
internal sealed class SubsetRules
{
    private SubsetRules(SubsetOptions options, WhereFilter? where, IdSet? ids)
    {
        (Options, Where, Ids) = (options, where, ids);
        Conditions = [.. (where?.Terms ?? []), .. ids is null ? [] : (string[])[$"only {options.Only} ({ids.Count} ids)"]];
        Mark = MarkOf(where, ids, options.OnlyColumn);
    }

    /// <summary>The mark of rules that take every row.</summary>
    public static string MarkOfEverything { get; } = MarkOf(null, null, null);

    public SubsetOptions Options { get; }

    public WhereFilter? Where { get; }

    public IdSet? Ids { get; }

    /// <summary>The terms of the expression, then the list of ids.</summary>
    public IReadOnlyList<string> Conditions { get; }

    /// <summary>Tells these rules from others.</summary>
    public string Mark { get; }

    /// <exception cref="SubsetException">The expression or the list is not readable.</exception>
    public static async Task<SubsetRules> LoadAsync(SubsetOptions options, TimeProvider? time, CancellationToken cancellation)
    {
        var where = string.IsNullOrWhiteSpace(options.Where) ? null : new WhereFilter(options.Where);
        return new SubsetRules(options, where, options.Only is null ? null : await IdList.ReadAsync(options.Only, time, cancellation));
    }

    /// <summary>The columns that a condition looks at.</summary>
    public IReadOnlyCollection<string> ColumnsOf(int condition) => condition < (Where?.Terms.Count ?? 0) ? Where!.ColumnsOf(condition) : [OnlyColumn];

    /// <summary>What messages call the column of ids.</summary>
    public string OnlyColumn => Options.OnlyColumn ?? "uid";

    /// <summary>Null when no subset was asked for.</summary>
    public SubsetSummary? Summary => Conditions.Count == 0 ? null : new SubsetSummary
    {
        Where = Options.Where,
        Only = Options.Only,
        OnlyColumn = Options.OnlyColumn,
        Mark = Mark,
        Conditions = [.. Conditions.Select((condition, number) => new ConditionCount(condition, ColumnsOf(number), 0))],
    };

    private static string MarkOf(WhereFilter? where, IdSet? ids, string? column)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var term in where?.Terms ?? [])
            hash.AppendData(Encoding.UTF8.GetBytes(term + "\n"));
        if (ids is not null)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"only {column}\n"));
            hash.AppendData(MemoryMarshal.AsBytes(ids.Sorted));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
