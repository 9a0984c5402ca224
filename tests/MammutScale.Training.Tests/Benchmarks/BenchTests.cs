using MammutScale.Training.Benchmarks;

namespace MammutScale.Training.Tests.Benchmarks;

public sealed class BenchTests
{
    [Fact]
    public void AllFiguresOfAStepAreMeasured_ForASmallModel()
    {
        var report = new StepBench(new StepBenchOptions { Model = "mammut-tiny", Batch = 2, Steps = 1, Threads = 1, Bf16 = false }).Run();

        report.SamplesPerSecond.ShouldBeGreaterThan(0);
        report.GemmRatioFp32.ShouldBeInRange(0.001, 1.5);
        report.GemmRatioBf16.ShouldBeNull();
        report.TwoPassCost.ShouldBeInRange(0.3, 10);
        (report.Device, report.MemoryBytes).ShouldBe(("cpu", null));
        report.PlannedBytes.ShouldBeGreaterThan(report.Parameters * 16.0);
        report.Phases.Total.ShouldBe(report.Batch / report.SamplesPerSecond, 1e-9);
    }

    [Fact]
    public void ClipsAreMeasuredWithTheirTokens()
    {
        var report = new StepBench(new StepBenchOptions { Model = "mammut-tiny", Batch = 2, Frames = 16, Steps = 1, Threads = 1, Bf16 = false }).Run();

        // 64 patches of one frame; 4 × 4 tubes at 2, 3 and 2 times
        (report.Frames, report.MediaTokens).ShouldBe((16, 64 + (16 * 7)));
        report.GemmRatioFp32.ShouldBeInRange(0.001, 1.5);
    }

    [Fact]
    public void AWorkerOfTheScalingBenchmarkAnswersLines()
    {
        var input = new StringReader($"start {new string('0', 64)} 1\nrun alone 1\nrun together 1\nbucket 1\nrun together 1\nbucket default\n");
        var output = new StringWriter();

        ScalingRank.Run(["0", "mammut-tiny", "2"], input, output).ShouldBe(0);

        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Select(l => l.Split(' ')[0]).ShouldBe(["port", "ready", "step", "step", "ready", "step", "ready"]);
    }
}
