using System.Globalization;

namespace MammutScale.Dashboard.Words;

/// <summary>
/// Numbers and durations as they are written everywhere: U+202F before a unit, thousands with comma, a dash for what is
/// unknown. The page formats the same way; <c>ui/src/words/figures.json</c> holds the cases that both must meet.
/// </summary>
internal static class Figures
{
    public const string Thin = "\u202f";
    public const string Unknown = "–";

    public static string Count(long value)
        => Math.Abs(value) < 1_000_000 ? Signed(value, value.ToString("N0", CultureInfo.InvariantCulture)) : Large(value);

    /// <summary>Samples per second and other rates: whole from 10 on, one decimal below.</summary>
    public static string Rate(double value)
    {
        if (!double.IsFinite(value)) return NotFinite(value);
        if (Math.Abs(value) >= 1_000_000) return Large(value);
        return Math.Round(value, 1) < 10 ? Fixed(value, 1) : Signed(value, Math.Round(value).ToString("N0", CultureInfo.InvariantCulture));
    }

    /// <summary>A share from 0 to 1 as a percentage.</summary>
    public static string Percent(double share, int decimals = 0)
        => double.IsFinite(share) ? Fixed(share * 100, decimals) + Thin + "%" : NotFinite(share);

    public static string Fixed(double value, int decimals)
        => double.IsFinite(value) ? Signed(value, value.ToString("N" + decimals, CultureInfo.InvariantCulture)) : NotFinite(value);

    /// <summary>Time of a step or a phase: two decimals, from 10 s on one.</summary>
    public static string Seconds(double seconds)
        => double.IsFinite(seconds) ? Fixed(seconds, Math.Abs(seconds) >= 9.995 ? 1 : 2) + Thin + "s" : NotFinite(seconds);

    /// <summary>How long something takes or took: two units from a minute on.</summary>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds)) return Unknown;
        seconds = Math.Max(0, seconds);
        if (seconds < 9.95) return Fixed(seconds, 1) + Thin + "s";
        long whole = (long)Math.Round(seconds);
        if (whole < 60) return whole + Thin + "s";
        if (whole < 3600) return Pair(whole / 60, "m", whole % 60, "s");
        long minutes = (long)Math.Round(seconds / 60);
        if (minutes < 24 * 60) return Pair(minutes / 60, "h", minutes % 60, "m");
        long hours = (long)Math.Round(seconds / 3600);
        return hours / 24 + Thin + "d" + Thin + hours % 24 + Thin + "h";
    }

    /// <summary>How long ago or since: as <see cref="Duration"/>, but whole minutes below an hour and whole seconds from one on.</summary>
    public static string Age(double seconds)
    {
        if (!double.IsFinite(seconds)) return Unknown;
        if (seconds < 59.5) return Duration(seconds);
        return seconds < 3570 ? Math.Max(1, (long)Math.Round(seconds / 60)) + Thin + "m" : Duration(Math.Max(3600, seconds));
    }

    public static string Bytes(double bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB"];
        int unit = 0;
        while (bytes >= 999.5 && unit < units.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }
        return (unit == 0 ? Fixed(bytes, 0) : ThreeDigits(bytes)) + Thin + units[unit];
    }

    /// <summary>"0", "0 and 1", "0, 1 and 4".</summary>
    public static string List(IReadOnlyList<string> items) => items.Count switch
    {
        0 => "",
        1 => items[0],
        _ => string.Join(", ", items.Take(items.Count - 1)) + " and " + items[^1],
    };

    private static string Pair(long large, string largeUnit, long small, string smallUnit)
        => $"{large}{Thin}{largeUnit}{Thin}{small.ToString("00", CultureInfo.InvariantCulture)}{Thin}{smallUnit}";

    private static string Large(double value)
    {
        double size = Math.Abs(value);
        var (scaled, unit) = size switch
        {
            < 999.5e6 => (size / 1e6, "M"),
            < 999.5e9 => (size / 1e9, "G"),
            _ => (size / 1e12, "T"),
        };
        return Signed(value, ThreeDigits(scaled) + Thin + unit);
    }

    private static string ThreeDigits(double value)
        => value.ToString(value >= 99.95 ? "N0" : value >= 9.995 ? "N1" : "N2", CultureInfo.InvariantCulture);

    private static string Signed(double value, string text) => value < 0 ? "\u2212" + text.TrimStart('-') : text;

    private static string NotFinite(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "∞" : "\u2212∞";
}
