using System.Text.Json;
using MammutScale.TestKit;

namespace MammutScale.EndToEnd.Tests;

public sealed class QuickstartTests
{
    [Fact]
    public async Task ASummaryWithFallingLossRetrievalAndCheckpointIsPrinted_WhenAQuickstartOfTwoWorkersEnds()
    {
        using var work = new TemporaryFolder();
        var (code, output, errors) = await MammutProcess.RunAsync(Local.Limit, Local.Quickstart(work, 40, 2, "--exit", "--json"));
        code.ShouldBe(0, errors);
        using var summary = JsonDocument.Parse(output);
        var root = summary.RootElement;
        root.GetProperty("steps").GetInt64().ShouldBe(40);
        root.GetProperty("final_loss").GetDouble().ShouldBeLessThan(root.GetProperty("first_loss").GetDouble() - 1);
        root.GetProperty("samples_per_second").GetDouble().ShouldBeGreaterThan(0);
        root.GetProperty("retrieval").GetProperty("candidates").GetInt32().ShouldBe(1911);
        root.GetProperty("retrieval").GetProperty("i2t_r1").GetDouble().ShouldBeInRange(0, 1);
        root.GetProperty("restarts").GetInt32().ShouldBe(0);
        File.Exists(Path.Combine(root.GetProperty("checkpoint").GetString()!, "manifest.json")).ShouldBeTrue();
        errors.ShouldContain("Dashboard: http://127.0.0.1:");
    }

    [Fact]
    public async Task LossesAreTheSame_WhenOneTwoOrThreeWorkersTrainTheSameRun()
    {
        var byWorkers = new List<double[]>();
        foreach (int workers in new[] { 1, 2, 3 })
        {
            using var work = new TemporaryFolder();
            await using var mammut = MammutProcess.Start(Local.Quickstart(work, 20, workers));
            var run = await mammut.WaitForRunAsync(r => Local.State(r) == "completed", Local.Limit, $"the end of the run of {workers} workers");
            byWorkers.Add(await mammut.LossesAsync(Local.Id(run)));
            mammut.Signal(Local.Interrupt);
            await mammut.WaitForExitAsync(Local.Limit);
        }

        byWorkers[0].Length.ShouldBe(20);
        foreach (double[] losses in byWorkers.Skip(1))
        {
            losses.Length.ShouldBe(20);
            losses.Zip(byWorkers[0], (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-4);
        }
    }
}
