using System.Globalization;
using MammutScale.Contracts;

namespace MammutScale.Dashboard.Words;

/// <summary>
/// The number a worker is called by. Ranks change with every generation, so the number at the end of its id is used
/// where every worker has one of its own, else the rank, else the id itself.
/// </summary>
internal static class WorkerNames
{
    public static IReadOnlyDictionary<string, string> Of(RunSnapshot run)
    {
        var numbers = run.Workers.ToDictionary(w => w.WorkerId, w => TrailingNumber(w.WorkerId));
        bool own = numbers.Values.All(n => n is not null) && numbers.Values.Distinct().Count() == numbers.Count;
        return run.Workers.ToDictionary(
            w => w.WorkerId,
            w => own ? numbers[w.WorkerId]! : w.Rank >= 0 ? w.Rank.ToString(CultureInfo.InvariantCulture) : w.WorkerId);
    }

    private static string? TrailingNumber(string id)
    {
        int start = id.Length;
        while (start > 0 && char.IsAsciiDigit(id[start - 1])) start--;
        // long numbers are process ids or hashes, not names
        if (start == id.Length || id.Length - start > 4) return null;
        return int.Parse(id.AsSpan(start), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
    }
}
