using System.Globalization;

namespace MammutScale.DataLoader.Inspection.Previews;

/// <summary>How long captions are, in characters as people count them, in doubling bins.</summary>
public sealed class CaptionHistogram
{
    private const int BinCount = 14;

    private readonly long[] _bins = new long[BinCount];
    private long _characters;

    /// <summary>Rows looked at.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows without a caption.</summary>
    public long Empty { get; private set; }

    public int Longest { get; private set; }

    public double Mean => Rows == Empty ? 0 : (double)_characters / (Rows - Empty);

    /// <summary>From 1, 2–3, 4–7, 8–15 … characters: shortest and longest of the bin, and rows. Up to the last bin that is not empty.</summary>
    public IReadOnlyList<(int From, int To, long Rows)> Bins =>
        [.. _bins.Take(Array.FindLastIndex(_bins, rows => rows > 0) + 1).Select((rows, bin) => (1 << bin, (2 << bin) - 1, rows))];

    public void Add(string? caption)
    {
        Rows++;
        var length = string.IsNullOrEmpty(caption) ? 0 : new StringInfo(caption).LengthInTextElements;
        if (length == 0)
        {
            Empty++;
            return;
        }

        _bins[Math.Min(BinCount - 1, int.Log2(length))]++;
        _characters += length;
        Longest = Math.Max(Longest, length);
    }
}
