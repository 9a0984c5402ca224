using MammutScale.DataLoader.Places;

namespace MammutScale.DataLoader.Inspection.Facts;

/// <summary>What the footer of one file says.</summary>
/// <param name="GroupRows">Rows of every row group.</param>
internal sealed record FileFacts(DataFile Source, long[] GroupRows, IReadOnlySet<string> Codecs, IReadOnlyDictionary<string, string> Types)
{
    public long Rows => GroupRows.Sum();
}
