using System.Text.RegularExpressions;

namespace MammutScale.Dashboard.Tests.Look;

/// <summary>The colours of the page as they stand in tokens.css, by theme.</summary>
internal static class Tokens
{
    private static readonly string Css = Regex.Replace(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "tokens.css")), @"/\*.*?\*/", "", RegexOptions.Singleline);

    public static readonly IReadOnlyDictionary<string, Rgb> Light = Read(@":root\s*\{([^}]*)\}");

    public static readonly IReadOnlyDictionary<string, Rgb> Dark = Read(@":root\[data-theme=""dark""\]\s*\{([^}]*)\}");

    /// <summary>The dark block again, as it holds for people whose system is dark.</summary>
    public static readonly IReadOnlyDictionary<string, Rgb> SystemDark = Read(@":root:not\(\[data-theme=""light""\]\)\s*\{([^}]*)\}");

    public static IReadOnlyDictionary<string, Rgb> Of(string theme) => theme == "light" ? Light : Dark;

    private static Dictionary<string, Rgb> Read(string block)
        => Regex.Matches(Regex.Match(Css, block).Groups[1].Value, @"--([\w-]+):\s*#([0-9a-f]{6})\b")
            .ToDictionary(m => m.Groups[1].Value, m => Rgb.Parse(m.Groups[2].Value));
}

/// <summary>A colour in sRGB, each part from 0 to 1.</summary>
internal readonly record struct Rgb(double R, double G, double B)
{
    public static Rgb Parse(string hex)
    {
        int n = Convert.ToInt32(hex, 16);
        return new Rgb((n >> 16) / 255.0, (n >> 8 & 255) / 255.0, (n & 255) / 255.0);
    }

    public Rgb Linear => new(ToLinear(R), ToLinear(G), ToLinear(B));

    public static Rgb FromLinear(double r, double g, double b) => new(ToGamma(r), ToGamma(g), ToGamma(b));

    private static double ToLinear(double c) => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);

    private static double ToGamma(double c)
    {
        c = Math.Clamp(c, 0, 1);
        return c <= 0.0031308 ? 12.92 * c : 1.055 * Math.Pow(c, 1 / 2.4) - 0.055;
    }
}
