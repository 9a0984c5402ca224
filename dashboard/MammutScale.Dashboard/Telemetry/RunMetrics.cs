using MammutScale.Contracts;
using MammutScale.Dashboard.Feed;
using MammutScale.Dashboard.Live;
using Prometheus;

namespace MammutScale.Dashboard.Telemetry;

/// <summary>All runs as Prometheus gauges, read from the feed when they are scraped.</summary>
internal sealed class RunMetrics
{
    private static readonly TimeSpan ScrapeLimit = TimeSpan.FromSeconds(3);
    private readonly IRunFeed _feed;
    private readonly TimeProvider _time;
    private readonly Gauge _up, _viewers, _step, _total, _loss, _learningRate, _gradNorm, _speed, _left, _state, _workers, _phase, _cause, _checkpoint, _retrieval, _badRows, _restarts;
    private HashSet<(Gauge, string)> _published = [];

    public RunMetrics(IRunFeed feed, RunHubs hubs, TimeProvider time)
    {
        (_feed, _time) = (feed, time);
        var factory = Metrics.WithCustomRegistry(Registry);
        _up = factory.CreateGauge("mammut_dashboard_coordinator_up", "1 when the coordinator answered this scrape.");
        _viewers = factory.CreateGauge("mammut_dashboard_viewers", "Open live streams.");
        _step = Make("mammut_run_step", "Committed steps.");
        _total = Make("mammut_run_steps_planned", "Steps that the run is to take.");
        _loss = Make("mammut_run_loss", "Loss of the newest step, by part.", "part");
        _learningRate = Make("mammut_run_learning_rate", "Learning rate of the newest step.");
        _gradNorm = Make("mammut_run_grad_norm", "Gradient norm of the newest step before clipping.");
        _speed = Make("mammut_run_samples_per_second", "Samples trained on in a second.");
        _left = Make("mammut_run_seconds_left", "Seconds to the end at this speed.");
        _state = Make("mammut_run_state", "1 for the state that the run is in.", "state");
        _workers = Make("mammut_run_workers", "Workers by state.", "state");
        _phase = Make("mammut_run_phase_seconds", "Seconds of the newest step by phase, slowest path.", "phase");
        _cause = Make("mammut_run_wall_seconds", "Wall-clock seconds since the start by cause.", "cause");
        _checkpoint = Make("mammut_run_checkpoint_step", "Step of the newest checkpoint.");
        _retrieval = Make("mammut_run_retrieval_r1", "Newest zero-shot retrieval R@1, 0 to 1.", "direction");
        _badRows = Make("mammut_run_bad_rows", "Rows that could not be used and were replaced.");
        _restarts = Make("mammut_run_recoveries", "Times that the run recovered.");
        Registry.AddBeforeCollectCallback(async cancellation =>
        {
            _viewers.Set(hubs.Viewers);
            await CollectAsync(cancellation);
        });

        Gauge Make(string name, string help, params string[] labels) => factory.CreateGauge(name, help, ["run", .. labels]);
    }

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    private async Task CollectAsync(CancellationToken cancellation)
    {
        IReadOnlyList<RunSnapshot> runs;
        try
        {
            runs = await _feed.ListAsync(cancellation).WaitAsync(ScrapeLimit, _time, cancellation);
        }
        catch (Exception fault) when (fault is FeedUnavailableException or TimeoutException)
        {
            // values of an hour ago would look like a run that stands still: show none
            _up.Set(0);
            Publish([]);
            return;
        }
        _up.Set(1);
        Publish(runs);
    }

    private void Publish(IReadOnlyList<RunSnapshot> runs)
    {
        var now = new HashSet<(Gauge, string)>();
        foreach (var run in runs)
        {
            Set(_step, run.Step);
            Set(_total, run.Submission.TotalSteps);
            Set(_speed, run.SamplesPerSecond);
            Set(_badRows, run.BadRows);
            Set(_restarts, run.Restarts);
            if (run.SecondsLeft is { } left) Set(_left, left);
            foreach (var state in Enum.GetValues<RunState>()) Set(_state, run.State == state ? 1 : 0, Word(state));
            foreach (var state in Enum.GetValues<WorkerState>()) Set(_workers, run.Workers.Count(w => w.State == state), Word(state));
            foreach (var cause in run.Goodput) Set(_cause, cause.Seconds, cause.Cause);
            if (run.Checkpoints.MaxBy(c => c.Step) is { } checkpoint) Set(_checkpoint, checkpoint.Step);
            if (run.Evaluations.MaxBy(e => e.Step) is { } evaluation)
            {
                Set(_retrieval, evaluation.ImageToTextR1, "image_to_text");
                Set(_retrieval, evaluation.TextToImageR1, "text_to_image");
            }
            if (run.Latest is { } latest) SetStep(latest);

            void SetStep(StepRecord step)
            {
                Set(_loss, step.Loss, "total");
                Set(_loss, step.Contrastive, "contrastive");
                Set(_loss, step.Captioning, "captioning");
                Set(_learningRate, step.LearningRate);
                Set(_gradNorm, step.GradNorm);
                Set(_phase, step.Phases.DataWait, "data_wait");
                Set(_phase, step.Phases.Forward, "forward");
                Set(_phase, step.Phases.Backward, "backward");
                Set(_phase, step.Phases.ExposedCommunication, "communication");
                Set(_phase, step.Phases.Optimizer, "optimizer");
                Set(_phase, step.Phases.Checkpoint, "checkpoint");
                Set(_phase, step.Phases.Other, "other");
            }

            void Set(Gauge gauge, double value, params string[] labels)
            {
                gauge.WithLabels([run.Submission.RunId, .. labels]).Set(value);
                now.Add((gauge, string.Join('\n', [run.Submission.RunId, .. labels])));
            }
        }
        foreach (var (gauge, labels) in _published.Except(now)) gauge.RemoveLabelled(labels.Split('\n'));
        _published = now;
    }

    private static string Word<T>(T state) where T : struct, Enum => state.ToString().ToLowerInvariant();
}
