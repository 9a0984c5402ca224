using System.Globalization;

namespace MammutScale.Storage.Cache;

/// <summary>Sizes as people write them: 200GB, 1.5 TiB, 512 MB.</summary>
public static class ByteSize
{
    private static readonly (string Unit, double Bytes)[] Units =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1)];

    /// <param name="text">A number and a unit, B … TB or KiB … TiB, in any case.</param>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var trimmed = text.Trim();
        foreach (var (unit, factor) in Units)
        {
            if (!trimmed.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            if (!double.TryParse(trimmed[..^unit.Length], NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)) return false;
            var size = number * factor;
            if (size is not (>= 1 and < long.MaxValue)) return false;
            bytes = (long)size;
            return true;
        }

        return false;
    }
}
