using System.Text.Json;
using MammutScale.Dashboard.Words;

namespace MammutScale.Dashboard.Tests.Words;

public sealed class FiguresTests
{
    // the page's own tests read the same cases: both sides write numbers alike
    public static TheoryData<string, double, string> Cases()
    {
        var data = new TheoryData<string, double, string>();
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "figures.json")));
        foreach (var kind in file.RootElement.EnumerateObject())
        {
            foreach (var entry in kind.Value.EnumerateArray()) data.Add(kind.Name, entry[0].GetDouble(), entry[1].GetString()!);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Figure_IsWrittenAsAgreed(string kind, double value, string expected)
    {
        string written = kind switch
        {
            "count" => Figures.Count((long)value),
            "rate" => Figures.Rate(value),
            "percent" => Figures.Percent(value),
            "percent1" => Figures.Percent(value, 1),
            "seconds" => Figures.Seconds(value),
            "duration" => Figures.Duration(value),
            "age" => Figures.Age(value),
            "bytes" => Figures.Bytes(value),
            _ => throw new InvalidOperationException($"Nobody writes '{kind}'."),
        };
        written.ShouldBe(expected);
    }

    [Fact]
    public void NotFinite_IsSaid_NeverZero()
    {
        Figures.Rate(double.NaN).ShouldBe("NaN");
        Figures.Fixed(double.NegativeInfinity, 2).ShouldBe("\u2212∞");
        Figures.Duration(double.NaN).ShouldBe("–");
    }
}
