using MammutScale.Contracts;
using MammutScale.Training.Runs;
using MammutScale.Worker.Cluster;
using MammutScale.Worker.Reporting;

namespace MammutScale.Worker.Generations;

/// <summary>The life of a worker: join, train a generation, and join again, until the run is over or somebody asks it to go.</summary>
internal sealed class WorkerLoop(string workerId, ICoordinator coordinator, IGroups groups, Func<RunSubmission, ITrainee> newTrainee, TimeProvider time, Action<string> log) : IDisposable
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StuckAfter = TimeSpan.FromMinutes(2);
    private readonly TrainingThread _thread = new();
    private readonly Vitals _vitals = new();
    private readonly Outbox _outbox = new();
    private readonly string _incarnation = $"{Guid.NewGuid():N}";
    private ITrainee? _trainee;
    private int _generation;
    private bool _isStuck;

    /// <param name="leave">Asks the worker to finish its step and go.</param>
    /// <returns>An exit code of <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync(CancellationToken leave)
    {
        while (true)
        {
            var plan = await JoinAsync(leave);
            if (plan is null) return ExitCodes.Done;
            _generation = plan.Generation;
            if (await TrainAsync(plan, leave) is { } code) return code;
            if (!leave.IsCancellationRequested) continue;
            await SayGoodbyeAsync("it was asked to stop");
            return ExitCodes.Done;
        }
    }

    public void Dispose()
    {
        // whatever still computes is ended by the end of the process
        if (!_isStuck && _trainee is { } trainee) _thread.RunAsync(() => Release(trainee)).Wait(LastWords);
        _thread.Dispose();
    }

    private static bool Release(ITrainee trainee)
    {
        trainee.Dispose();
        return true;
    }

    /// <returns>The plan of the next generation, or null when there is nothing more to do.</returns>
    private async Task<GenerationPlan?> JoinAsync(CancellationToken leave)
    {
        _vitals.State = WorkerState.Joining;
        var backoff = new Backoff(AskAgain, TimeSpan.FromSeconds(2), time, Environment.ProcessId);
        var reason = "";
        while (!leave.IsCancellationRequested)
        {
            try
            {
                var orders = await coordinator.JoinAsync(Hello(), leave);
                backoff.Reset();
                if (orders.Plan is { } plan) return plan;
                if (orders.Directive == Directive.Leave)
                {
                    log($"leaves: {orders.Reason}");
                    return null;
                }

                if (orders.Reason != reason && orders.Reason.Length > 0) log($"waits: {orders.Reason}");
                reason = orders.Reason;
                await Task.Delay(AskAgain, time, leave);
            }
            catch (CoordinatorAwayException)
            {
                await backoff.WaitAsync(leave).ContinueWith(_ => { }, TaskScheduler.Default);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await SayGoodbyeAsync("it was asked to stop");
        return null;
    }

    /// <returns>An exit code, or null when the worker goes on to the next generation.</returns>
    private async Task<int?> TrainAsync(GenerationPlan plan, CancellationToken leave)
    {
        var self = plan.Members.Single(m => m.WorkerId == workerId);
        log($"generation {plan.Generation}: rank {self.Rank} of {plan.Members.Count}, lanes {self.FirstLane} to {self.FirstLane + self.LaneCount - 1}");
        var isRankZero = self.Rank == 0;
        if (isRankZero) _outbox.TellAgainAfter(plan.RecordedStep, _trainee?.CommittedStep ?? 0);
        _vitals.State = WorkerState.Starting;
        _vitals.Committed(_trainee?.CommittedStep ?? 0);
        using var requests = new Requests();
        var reporter = new Reporter(coordinator, workerId, plan.Generation, isRankZero, _vitals, _outbox, () => leave.IsCancellationRequested, time) { Data = () => _trainee?.News() };
        // the coordinator tells at which boundary to go; alone, or without it, the state goes to a checkpoint
        using var leaving = leave.Register(() => requests.LeaveSoon(plan.Members.Count == 1, time));
        var run = new GenerationRun(plan, self, _thread, groups, reporter, requests);
        var desk = new NewsDesk(_vitals, _outbox, plan.Generation, time, log);
        (var result, _isStuck) = await run.RunAsync(() => _trainee ??= newTrainee(plan.Run), desk, StuckAfter, time);
        if (_isStuck)
        {
            log("the training thread hangs: this process ends, another one takes its place");
            return ExitCodes.Stuck;
        }

        return await ConcludeAsync(result, requests, reporter, leave);
    }

    private async Task<int?> ConcludeAsync(GenerationResult result, Requests requests, Reporter reporter, CancellationToken leave)
    {
        switch (result)
        {
            case GenerationResult.Ended(GenerationEnd.Completed):
                return await WaitForTheEndAsync(reporter, leave);
            case GenerationResult.Ended(GenerationEnd.Stopped):
                await reporter.SendSurelyAsync(r => r with { State = WorkerState.Paused }, LastWords);
                await SayGoodbyeAsync("the run was stopped");
                return ExitCodes.Done;
            case GenerationResult.Ended:
                await reporter.SendSurelyAsync(r => r with { State = WorkerState.Paused }, LastWords);
                return null;
            case GenerationResult.Dropped(var reason):
                log($"generation dropped: {reason}");
                return requests.Leaves ? ExitCodes.Done : null;
            case GenerationResult.Broken(var reason, var rank):
                log($"generation failed: {reason}");
                await reporter.SendSurelyAsync(r => r with { GenerationFailure = reason, FailedRank = rank }, LastWords);
                return null;
            case GenerationResult.Fatal(var reason):
                log(reason);
                await reporter.SendSurelyAsync(r => r with { FatalFailure = reason }, LastWords);
                return ExitCodes.RunCannotGoOn;
            case GenerationResult.Crashed(var fault):
                log($"unexpected: {fault}");
                await reporter.SendSurelyAsync(r => r with { GenerationFailure = $"{fault.GetType().Name}: {fault.Message}" }, LastWords);
                return ExitCodes.Crashed;
            default:
                throw new System.Diagnostics.UnreachableException(result.ToString());
        }
    }

    /// <summary>Done: says so until the coordinator lets it go, or needs it once more because others are not done.</summary>
    private async Task<int?> WaitForTheEndAsync(Reporter reporter, CancellationToken leave)
    {
        while (!leave.IsCancellationRequested)
        {
            var orders = await reporter.SendSurelyAsync(r => r with { Finished = true }, LastWords);
            if (orders?.Directive == Directive.Leave) return ExitCodes.Done;
            if (orders?.Directive == Directive.Regroup) return null;
            await Task.Delay(AskAgain, time, leave).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        return null;
    }

    private async Task SayGoodbyeAsync(string reason)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3), time);
        try
        {
            await coordinator.LeaveAsync(workerId, reason, limit.Token);
        }
        catch (Exception e) when (e is CoordinatorAwayException or OperationCanceledException)
        {
            // it will notice by itself
        }
    }

    private WorkerHello Hello() => new()
    {
        WorkerId = workerId,
        Host = Environment.MachineName,
        ProcessId = Environment.ProcessId,
        Incarnation = _incarnation,
        Endpoint = groups.Endpoint,
        CommittedStep = _trainee?.CommittedStep,
        Generation = _generation,
    };
}
