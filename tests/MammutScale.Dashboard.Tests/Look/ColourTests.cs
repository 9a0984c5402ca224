using static MammutScale.Dashboard.Tests.Look.Colours;

namespace MammutScale.Dashboard.Tests.Look;

public sealed class ColourTests
{
    private static readonly string[] Grounds = ["canvas", "surface", "sunken"];
    private static readonly string[] States = ["ok", "warn", "bad", "info", "idle"];
    private static readonly string[] Series = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"];
    private static readonly string[] Phases = ["p-forward", "p-backward", "p-optimizer", "p-data", "p-comm", "p-checkpoint", "p-other", "p-recovery"];

    // pairs printed with the paper: the formula is checked before anything is measured with it
    [Theory]
    [InlineData(50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425)]
    [InlineData(50, -1, 2, 50, 0, 0, 2.3669)]
    [InlineData(50, 2.49, -0.001, 50, -2.49, 0.0011, 7.2195)]
    [InlineData(60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644)]
    [InlineData(2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082)]
    public void Distance_IsThatOfThePaper(double l1, double a1, double b1, double l2, double a2, double b2, double expected)
        => Distance((l1, a1, b1), (l2, a2, b2)).ShouldBe(expected, 0.0001);

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public void Text_CanBeRead_OnEveryGround(string theme)
    {
        var t = Tokens.Of(theme);
        foreach (string ground in Grounds)
        {
            foreach (string ink in (string[])["ink-1", "ink-2", "ink-3", .. States.Select(s => s + "-text")])
                Contrast(t[ink], t[ground]).ShouldBeGreaterThanOrEqualTo(4.5, $"{ink} on {ground}, {theme}");
        }
        foreach (string state in States) Contrast(t[state + "-text"], t[state + "-tint"]).ShouldBeGreaterThanOrEqualTo(4.5, $"{state} on its tint, {theme}");
        Contrast(t["warn-text"], t["select"]).ShouldBeGreaterThanOrEqualTo(4.5, $"a straggler's row, {theme}");
        Contrast(t["surface"], t["ink-1"]).ShouldBeGreaterThanOrEqualTo(4.5, $"a pressed button, {theme}");
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public void Shapes_CanBeSeen(string theme)
    {
        var t = Tokens.Of(theme);
        foreach (string shape in (string[])["border", "focus", .. States])
        {
            foreach (string ground in Grounds) Contrast(t[shape], t[ground]).ShouldBeGreaterThanOrEqualTo(3, $"{shape} on {ground}, {theme}");
        }
        foreach (string shape in Series.Concat(Phases)) Contrast(t[shape], t["surface"]).ShouldBeGreaterThanOrEqualTo(3, $"{shape}, {theme}");
    }

    [Theory]
    [InlineData("light", 12.8, 21.8)]
    [InlineData("dark", 13.4, 23.4)]
    public void Series_StayApart_WithADeficiency(string theme, double least, double normal)
    {
        Lowest(theme, Series, deficient: true).Value.ShouldBeGreaterThan(least);
        Lowest(theme, Series, deficient: false).Value.ShouldBeGreaterThan(normal);
    }

    [Theory]
    [InlineData("light", 10.6)]
    [InlineData("dark", 10.1)]
    public void Phases_StayApart_WithADeficiency(string theme, double least)
    {
        var lowest = Lowest(theme, Phases, deficient: true);
        lowest.Value.ShouldBeGreaterThan(least, lowest.Pair);
    }

    [Theory]
    [InlineData("light", 9.3)]
    [InlineData("dark", 8.2)]
    public void StateGlyphs_StayApart_WithADeficiency(string theme, double least)
    {
        var lowest = Lowest(theme, States, deficient: true);
        lowest.Value.ShouldBeGreaterThan(least, lowest.Pair);
    }

    [Fact]
    public void DarkBlocks_SayTheSame() => Tokens.SystemDark.ShouldBe(Tokens.Dark, ignoreOrder: true);

    private static (double Value, string Pair) Lowest(string theme, string[] names, bool deficient)
    {
        var t = Tokens.Of(theme);
        var sights = deficient ? new[] { Sight.Protan, Sight.Deutan, Sight.Tritan } : [Sight.Normal];
        return (from i in Enumerable.Range(0, names.Length)
                from j in Enumerable.Range(i + 1, names.Length - i - 1)
                from sight in sights
                from see in new Func<Rgb, Sight, Rgb>[] { Machado, Brettel }
                let distance = Distance(see(t[names[i]], sight), see(t[names[j]], sight))
                orderby distance
                select (distance, $"{names[i]} and {names[j]} as {sight}, {theme}")).First();
    }
}
