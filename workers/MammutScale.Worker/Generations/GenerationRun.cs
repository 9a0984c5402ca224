using MammutScale.Collectives;
using MammutScale.Contracts;
using MammutScale.Worker.Reporting;

namespace MammutScale.Worker.Generations;

/// <summary>One generation in this process: connect, train on the training thread, report all along.</summary>
internal sealed class GenerationRun(GenerationPlan plan, Member self, TrainingThread thread, IGroups groups, Reporter reporter, Requests requests)
{
    /// <param name="trainee">Made on the training thread when there is none yet.</param>
    /// <param name="observer">Hears what the training thread does.</param>
    /// <returns>The result, and whether the training thread still hangs in this generation.</returns>
    public async Task<(GenerationResult Result, bool IsStuck)> RunAsync(Func<ITrainee> trainee, NewsDesk observer, TimeSpan patience, TimeProvider time)
    {
        using var reporting = new CancellationTokenSource();
        var reports = reporter.RunAsync(requests.Follow, reporting.Token);
        try
        {
            return await TrainAsync(trainee, observer, patience, time);
        }
        finally
        {
            await reporting.CancelAsync();
            await reports;
        }
    }

    private async Task<(GenerationResult Result, bool IsStuck)> TrainAsync(Func<ITrainee> trainee, NewsDesk observer, TimeSpan patience, TimeProvider time)
    {
        ICollectives? group = null;
        try
        {
            // reading the run file and opening data may take long and needs nobody: peers wait less when it is done first
            var ready = await thread.RunAsync(trainee);
            group = await groups.ConnectAsync(plan, self, ready.Collectives, requests.Aborted);
            var connected = group;
            using var abort = requests.Aborted.Register(() => connected.Abort(requests.AbortReason));
            var training = thread.RunAsync(() => ready.Train(plan, self, connected, observer, requests.Next, requests.Aborted));
            var ended = await Task.WhenAny(training, GiveUpAsync(patience, time));
            if (ended != training) return (new GenerationResult.Dropped($"{requests.AbortReason}; the training thread did not let go within {patience.TotalSeconds:0} s"), true);
            return (new GenerationResult.Ended(await training), false);
        }
        catch (Exception e)
        {
            return (TrainingFaults.Judge(e, requests), false);
        }
        finally
        {
            group?.Dispose();
        }
    }

    /// <summary>Ends some time after an abort.</summary>
    private async Task GiveUpAsync(TimeSpan patience, TimeProvider time)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = requests.Aborted.Register(aborted.SetResult);
        await aborted.Task;
        await Task.Delay(patience, time);
    }
}
