using System.Security.Cryptography;

namespace MammutScale.DataLoader.Indexing;

/// <summary>Puts the entries of all files together: totals and fingerprint.</summary>
internal static class IndexAssembly
{
    public static IndexHeader Header(IReadOnlyList<string> roots, IReadOnlyList<FileEntry> entries, SubsetSummary? subset)
    {
        var selects = entries.Any(entry => entry.RowGroups.Any(group => group.Selected != group.Rows));
        return new IndexHeader
        {
            Fingerprint = Fingerprint(entries, selects),
            Roots = roots,
            Files = entries.Count,
            RowGroups = checked((int)entries.Sum(entry => (long)entry.RowGroups.Count)),
            Failed = entries.Sum(entry => entry.Failed),
            Selects = selects,
            Subset = subset is null ? null : subset with { Conditions = Count(subset.Conditions, entries) },
        };
    }

    /// <summary>Sums what every condition keeps over the files.</summary>
    private static List<ConditionCount> Count(IReadOnlyList<ConditionCount> conditions, IReadOnlyList<FileEntry> entries) =>
        [.. conditions.Select((condition, number) => condition with
        {
            Rows = entries.Sum(entry => entry.Kept[number]),
            Unread = entries.Sum(entry => entry.Unread[number]),
            FilesWithout = entries.Count(entry => entry.Lacks.Any(column => condition.Columns.Contains(column))),
        })];

    private static string Fingerprint(IReadOnlyList<FileEntry> entries, bool selects)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        foreach (var entry in entries)
        {
            writer.Write(entry.Key);
            writer.Write(entry.Length);
            writer.Write(entry.Content);
            foreach (var group in entry.RowGroups)
            {
                writer.Write(group.Rows);
                if (!selects)
                    continue;
                writer.Write(group.Selected);
                writer.Write(group.Bits);
            }

            writer.Write(-1);
            writer.Flush();
            hash.AppendData(buffer.GetBuffer(), 0, (int)buffer.Length);
            buffer.SetLength(0);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
