using MammutScale.Contracts;
using MammutScale.Storage;
using MammutScale.TestKit;

namespace MammutScale.Coordinator.Tests.Runs;

public sealed class RunGrainTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    private string Folder => _temporary.Path;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task RunIsPickedUpWhereItWas_WhenTheCoordinatorWasKilled()
    {
        var store = BlobStores.Open(Folder);
        byte[] secret;
        await using (var first = await Cluster.StartAsync(store))
        {
            var run = first.Run();
            await run.Submit(Make.Submission(min: 2));
            secret = (await EnterAsync(run, "w1", "w2")).Secret;
            await run.Report(Report("w1", 1, 3, [Make.Step(1), Make.Step(2), Make.Step(3)]));
            await UntilAsync(async () => File.Exists(Path.Combine(Folder, "runs/tiny/history/segment-00000000.parquet"))
                                         && (await File.ReadAllTextAsync(Path.Combine(Folder, "runs/tiny/coordinator.json"), _cancellation)).Contains("\"step\":3,", StringComparison.Ordinal));
            await first.KillAsync();
        }

        await using var second = await Cluster.StartAsync(store);
        var listed = (await second.Runs.List()).ShouldHaveSingleItem();
        listed.State.ShouldBe(RunState.Running);
        listed.Generation.ShouldBe(1);
        listed.Step.ShouldBe(3);
        var again = second.Run();
        var orders = await again.Report(Report("w1", 1, 4, [Make.Step(4)]));
        orders.Directive.ShouldBe(Directive.Continue, "the generation goes on as if nothing had been");
        (await again.GetHistory(null, null, 10)).LastStep.ShouldBe([1, 2, 3, 4]);
        (await again.Join(Hello("w2"))).Plan.ShouldNotBeNull().Secret.ShouldBe(secret);
    }

    [Fact]
    public async Task WatcherSeesTheStateFirstAndThenEveryStepOnce_WhenStepsAreTold()
    {
        await using var cluster = await Cluster.StartAsync(BlobStores.Open(Folder));
        var run = cluster.Run();
        await run.Submit(Make.Submission(min: 2));
        await EnterAsync(run, "w1", "w2");
        await using var watch = run.Watch(_cancellation).GetAsyncEnumerator(_cancellation);
        (await watch.MoveNextAsync()).ShouldBeTrue();
        watch.Current.Snapshot.State.ShouldBe(RunState.Running);
        watch.Current.Steps.ShouldBeEmpty();
        var seen = new List<long>();
        var sequence = watch.Current.Snapshot.Sequence;
        for (var step = 1; seen.Count < 5; step++)
        {
            if (step <= 5) await run.Report(Report("w1", 1, step, [Make.Step(step)]));
            (await watch.MoveNextAsync()).ShouldBeTrue();
            watch.Current.Snapshot.Sequence.ShouldBeGreaterThan(sequence);
            sequence = watch.Current.Snapshot.Sequence;
            watch.Current.Gap.ShouldBeFalse();
            seen.AddRange(watch.Current.Steps.Select(s => s.Step));
        }

        seen.ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task SubmissionIsRefused_WhenItIsWrongOrTheIdIsTaken()
    {
        await using var cluster = await Cluster.StartAsync(BlobStores.Open(Folder));
        var wrong = await Should.ThrowAsync<RunRefusedException>(() => cluster.Run().Submit(Make.Submission(min: 9, max: 3, steps: 0)));
        wrong.Message.ShouldContain("max_workers (3) is below min_workers (9)");
        wrong.Message.ShouldContain("it has 0 steps");
        (await cluster.Runs.List()).ShouldBeEmpty();
        await cluster.Run().Submit(Make.Submission());
        (await cluster.Run().Submit(Make.Submission())).State.ShouldBe(RunState.Queued, "saying it again changes nothing");
        var taken = await Should.ThrowAsync<RunRefusedException>(() => cluster.Run().Submit(Make.Submission(steps: 7)));
        taken.Message.ShouldContain("already another run 'tiny'");
        var unknown = await Should.ThrowAsync<RunRefusedException>(() => cluster.Run("nobody").Command(new RunCommand { Kind = RunCommandKind.Stop, By = "ada" }));
        unknown.Message.ShouldContain("no run 'nobody'");
        (await cluster.Run("later").Join(Hello("w1"))).Directive.ShouldBe(Directive.Wait, "a worker may come before its run");
    }

    [Fact]
    public async Task LostWorkerIsReplaced_WhenItsParentTellsOfItsDeath()
    {
        await using var cluster = await Cluster.StartAsync(BlobStores.Open(Folder));
        var run = cluster.Run();
        await run.Submit(Make.Submission(min: 2));
        await EnterAsync(run, "w1", "w2");
        await run.Report(Report("w1", 1, 1, [Make.Step(1)]));
        await run.Report(Report("w2", 1, 1, []));
        await run.Exited(new WorkerExit { WorkerId = "w2", ProcessId = 1, ExitCode = 137 });
        (await run.Report(Report("w1", 1, 1, []))).Directive.ShouldBe(Directive.Regroup);
        await run.Join(Hello("w1", 1));
        (await run.GetSnapshot()).ShouldNotBeNull().State.ShouldBe(RunState.Recovering, "two are needed");
        await run.Join(Hello("w3"));
        var plan = await EnterAsync(run, "w1", "w3");
        plan.Generation.ShouldBe(2);
        plan.Members.Select(m => m.WorkerId).ShouldBe(["w1", "w3"]);
        var snapshot = (await run.GetSnapshot()).ShouldNotBeNull();
        snapshot.Restarts.ShouldBe(1);
        snapshot.Workers.Select(w => (w.WorkerId, w.Rank)).ShouldBe([("w1", 0), ("w3", 1), ("w2", -1)]);
        snapshot.Events.Select(e => e.Kind).ShouldContain(RunEventKind.WorkerLost);
    }

    [Fact]
    public async Task OnlyOneCoordinatorWrites_WhenTwoThinkTheyOwnARun()
    {
        var store = BlobStores.Open(Folder);
        await using var first = await Cluster.StartAsync(store);
        await first.Run().Submit(Make.Submission());
        await using var second = await Cluster.StartAsync(store);
        await second.Run().Command(new RunCommand { Kind = RunCommandKind.Pause, By = "second" });
        await Should.ThrowAsync<Exception>(() => first.Run().Command(new RunCommand { Kind = RunCommandKind.Stop, By = "first" }));
        (await second.Run().GetSnapshot()).ShouldNotBeNull().State.ShouldBe(RunState.Paused);
    }

    private static async Task<GenerationPlan> EnterAsync(IRunGrain run, params string[] workers)
    {
        GenerationPlan? plan = null;
        await UntilAsync(async () =>
        {
            foreach (var worker in workers) plan = (await run.Join(Hello(worker))).Plan;
            return plan is not null;
        });
        return plan!;
    }

    private static WorkerHello Hello(string worker, int generation = 0)
        => new() { WorkerId = worker, Host = "h", ProcessId = 1, Endpoint = $"{worker}:1", Generation = generation };

    private static WorkerReport Report(string worker, int generation, long step, IReadOnlyList<StepRecord> steps) => new()
    {
        WorkerId = worker,
        Generation = generation,
        State = WorkerState.Training,
        Step = step,
        Phases = new(),
        ResidentBytes = 1,
        BadRows = 0,
        Steps = steps,
    };

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await holds()) await Task.Delay(50, limit.Token);
    }
}
