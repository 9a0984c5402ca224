using MammutScale.Model.Parity;

namespace MammutScale.Model.Tests;

[Collection("torch")]
public sealed class ParityTests(ITestOutputHelper output)
{
    public static TheoryData<string> Fixtures =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "parity"), "*.safetensors").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void EveryTensorAgreesWithTheReference_WhenAFixtureRuns(string fixture)
    {
        ParityReport report = ParityRun.Run(Path.Combine(AppContext.BaseDirectory, "parity", fixture + ".safetensors"));

        foreach (ParityCheck check in report.Checks.OrderByDescending(c => (c.IsRelative ? c.RelativeError : c.MaxAbsError) / c.Tolerance).Take(12))
            output.WriteLine($"{check.Name}: abs {check.MaxAbsError:e2} rel {check.RelativeError:e2} tolerance {check.Tolerance:e0} left out {check.Undetermined}");
        report.Failures.ShouldBeEmpty();
        report.Checks.Count.ShouldBeGreaterThan(8);
    }
}
