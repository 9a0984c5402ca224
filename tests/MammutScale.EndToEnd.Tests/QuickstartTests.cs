using System.Text.Json;
using MammutScale.TestKit;

namespace MammutScale.EndToEnd.Tests;

public sealed class QuickstartTests
{
    [Fact]
    public async Task ASummaryWithFallingLossRetrievalAndCheckpointIsPrinted_WhenAQuickstartOfTwoWorkersEnds()
    {
        using var work = new TemporaryFolder();
        var (code, output, errors) = await MammutProcess.RunAsync(Local.Limit, Local.Quickstart(work, 40, 2, "--exit", "--json", "--profile", "6"));
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
        string profile = work.File("store", "runs", root.GetProperty("run").GetString()!, "profile.json");
        errors.ShouldContain($"Profile: {profile}");
        CheckProfile(profile);
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

    /// <summary>A Chrome trace with a process for each worker, on one clock: no worker begins a step before the other has begun to go back in the step before it, whose gradients it needs.</summary>
    private static void CheckProfile(string path)
    {
        using var trace = JsonDocument.Parse(File.ReadAllBytes(path));
        var events = trace.RootElement.GetProperty("traceEvents").EnumerateArray().ToList();
        events.Where(e => e.GetProperty("ph").GetString() == "M").Select(e => e.GetProperty("args").GetProperty("name").GetString()).ShouldBe(["rank 0", "rank 1"]);
        var bars = events.Where(e => e.GetProperty("ph").GetString() == "X").ToList();
        bars.Select(b => b.GetProperty("args").GetProperty("step").GetInt64()).Distinct().Order().ShouldBe([1, 2, 3, 4, 5, 6]);
        double Begins(int rank, long step, string? phase = null) => bars
            .Where(b => b.GetProperty("pid").GetInt32() == rank && b.GetProperty("args").GetProperty("step").GetInt64() == step && (phase is null || b.GetProperty("name").GetString() == phase))
            .Min(b => b.GetProperty("ts").GetDouble());
        for (long step = 1; step < 6; step++)
        {
            Begins(0, step, "Backward").ShouldBeLessThan(Begins(1, step + 1));
            Begins(1, step, "Backward").ShouldBeLessThan(Begins(0, step + 1));
        }
    }
}
