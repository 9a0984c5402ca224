namespace MammutScale.Dashboard.Tests.Look;

/// <summary>How colours differ for people: contrast (WCAG 2.2), distance (CIEDE2000), and both as seen with a colour vision deficiency.</summary>
internal static class Colours
{
    public enum Sight
    {
        Normal,
        Protan,
        Deutan,
        Tritan,
    }

    /// <summary>Contrast ratio, 1 to 21.</summary>
    public static double Contrast(Rgb a, Rgb b)
    {
        double x = Luminance(a), y = Luminance(b);
        return (Math.Max(x, y) + 0.05) / (Math.Min(x, y) + 0.05);
    }

    /// <summary>As seen with a full deficiency: Machado, Oliveira and Fernandes 2009, in linear RGB.</summary>
    public static Rgb Machado(Rgb colour, Sight sight)
    {
        double[] m = sight switch
        {
            Sight.Protan => [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
            Sight.Deutan => [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881],
            Sight.Tritan => [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900],
            _ => [1, 0, 0, 0, 1, 0, 0, 0, 1],
        };
        return Apply(m, colour.Linear);
    }

    /// <summary>As seen with a full deficiency: Brettel, Viénot and Mollon 1997, two half planes for each kind, in linear RGB.</summary>
    public static Rgb Brettel(Rgb colour, Sight sight)
    {
        var (one, two, normal) = sight switch
        {
            Sight.Protan => (
                new[] { 0.14980, 1.19548, -0.34528, 0.10764, 0.84864, 0.04372, 0.00384, -0.00540, 1.00156 },
                new[] { 0.14570, 1.16172, -0.30742, 0.10816, 0.85291, 0.03892, 0.00386, -0.00524, 1.00139 },
                new[] { 0.00048, 0.00393, -0.00441 }),
            Sight.Deutan => (
                new[] { 0.36477, 0.86381, -0.22858, 0.26294, 0.64245, 0.09462, -0.02006, 0.02728, 0.99278 },
                new[] { 0.37298, 0.88166, -0.25464, 0.25954, 0.63506, 0.10540, -0.01980, 0.02784, 0.99196 },
                new[] { -0.00281, -0.00611, 0.00892 }),
            Sight.Tritan => (
                new[] { 1.01277, 0.13548, -0.14826, -0.01243, 0.86812, 0.14431, 0.07589, 0.80500, 0.11911 },
                new[] { 0.93678, 0.18979, -0.12657, 0.06154, 0.81526, 0.12320, -0.37562, 1.12767, 0.24796 },
                new[] { 0.03901, -0.02788, -0.01113 }),
            _ => (new[] { 1.0, 0, 0, 0, 1, 0, 0, 0, 1 }, new[] { 1.0, 0, 0, 0, 1, 0, 0, 0, 1 }, new[] { 0.0, 0, 0 }),
        };
        var l = colour.Linear;
        return Apply(l.R * normal[0] + l.G * normal[1] + l.B * normal[2] >= 0 ? one : two, l);
    }

    /// <summary>CIEDE2000 (Sharma, Wu and Dalal 2005), D65.</summary>
    public static double Distance(Rgb a, Rgb b) => Distance(Lab(a), Lab(b));

    public static double Distance((double L, double A, double B) one, (double L, double A, double B) two)
    {
        double c1 = Math.Sqrt(one.A * one.A + one.B * one.B), c2 = Math.Sqrt(two.A * two.A + two.B * two.B);
        double mean7 = Math.Pow((c1 + c2) / 2, 7);
        double g = 0.5 * (1 - Math.Sqrt(mean7 / (mean7 + Math.Pow(25, 7))));
        double a1 = one.A * (1 + g), a2 = two.A * (1 + g);
        double p1 = Math.Sqrt(a1 * a1 + one.B * one.B), p2 = Math.Sqrt(a2 * a2 + two.B * two.B);
        double h1 = Hue(one.B, a1), h2 = Hue(two.B, a2);
        double dl = two.L - one.L, dc = p2 - p1;
        double dh = p1 * p2 == 0 ? 0 : Math.Abs(h2 - h1) <= 180 ? h2 - h1 : h2 <= h1 ? h2 - h1 + 360 : h2 - h1 - 360;
        double dH = 2 * Math.Sqrt(p1 * p2) * Math.Sin(Radians(dh) / 2);
        double l = (one.L + two.L) / 2, c = (p1 + p2) / 2;
        double h = p1 * p2 == 0 ? h1 + h2 : Math.Abs(h1 - h2) <= 180 ? (h1 + h2) / 2 : h1 + h2 < 360 ? (h1 + h2 + 360) / 2 : (h1 + h2 - 360) / 2;
        double t = 1 - 0.17 * Math.Cos(Radians(h - 30)) + 0.24 * Math.Cos(Radians(2 * h)) + 0.32 * Math.Cos(Radians(3 * h + 6)) - 0.20 * Math.Cos(Radians(4 * h - 63));
        double turn = 30 * Math.Exp(-Math.Pow((h - 275) / 25, 2));
        double c7 = Math.Pow(c, 7), rc = 2 * Math.Sqrt(c7 / (c7 + Math.Pow(25, 7)));
        double sl = 1 + 0.015 * Math.Pow(l - 50, 2) / Math.Sqrt(20 + Math.Pow(l - 50, 2)), sc = 1 + 0.045 * c, sh = 1 + 0.015 * c * t;
        double rt = -Math.Sin(Radians(2 * turn)) * rc;
        return Math.Sqrt(Math.Pow(dl / sl, 2) + Math.Pow(dc / sc, 2) + Math.Pow(dH / sh, 2) + rt * (dc / sc) * (dH / sh));
    }

    private static double Luminance(Rgb colour)
    {
        var l = colour.Linear;
        return 0.2126 * l.R + 0.7152 * l.G + 0.0722 * l.B;
    }

    private static (double L, double A, double B) Lab(Rgb colour)
    {
        var l = colour.Linear;
        double x = F((0.4124564 * l.R + 0.3575761 * l.G + 0.1804375 * l.B) / 0.95047);
        double y = F(0.2126729 * l.R + 0.7151522 * l.G + 0.0721750 * l.B);
        double z = F((0.0193339 * l.R + 0.1191920 * l.G + 0.9503041 * l.B) / 1.08883);
        return (116 * y - 16, 500 * (x - y), 200 * (y - z));

        static double F(double t) => t > 216.0 / 24389 ? Math.Cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    }

    private static Rgb Apply(double[] m, Rgb l) => Rgb.FromLinear(
        m[0] * l.R + m[1] * l.G + m[2] * l.B, m[3] * l.R + m[4] * l.G + m[5] * l.B, m[6] * l.R + m[7] * l.G + m[8] * l.B);

    private static double Hue(double b, double a) => a == 0 && b == 0 ? 0 : (Math.Atan2(b, a) * 180 / Math.PI + 360) % 360;

    private static double Radians(double degrees) => degrees * Math.PI / 180;
}
