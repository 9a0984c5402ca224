using MammutScale.Contracts;
using Prometheus;

namespace MammutScale.Coordinator.Metrics;

/// <summary>What Prometheus reads of all runs of this coordinator.</summary>
internal sealed class RunInstruments
{
    private readonly Gauge _step, _stepsTotal, _loss, _samples, _phase, _workers, _state, _generation, _learningRate, _gradNorm, _checkpointStep, _secondsLeft;
    private readonly Counter _restarts, _badRows, _committed, _storeFailures;

    public RunInstruments(CollectorRegistry registry)
    {
        Registry = registry;
        var make = Prometheus.Metrics.WithCustomRegistry(registry);
        _step = make.CreateGauge("mammut_step", "Committed optimizer steps.", "run");
        _stepsTotal = make.CreateGauge("mammut_steps_planned", "Optimizer steps that the run is to do.", "run");
        _loss = make.CreateGauge("mammut_loss", "Loss of the newest step.", "run", "part");
        _samples = make.CreateGauge("mammut_samples_per_second", "Training throughput, samples over wall clock.", "run");
        _phase = make.CreateGauge("mammut_phase_seconds", "Seconds of a step by phase, median of the worker's last steps.", "run", "phase", "rank");
        _workers = make.CreateGauge("mammut_workers", "Workers by state.", "run", "state");
        _state = make.CreateGauge("mammut_run_state", "1 for the state that the run is in.", "run", "state");
        _generation = make.CreateGauge("mammut_generation", "Generation formed last.", "run");
        _learningRate = make.CreateGauge("mammut_learning_rate", "Learning rate of the newest step.", "run");
        _gradNorm = make.CreateGauge("mammut_grad_norm", "Gradient norm of the newest step before clipping.", "run");
        _checkpointStep = make.CreateGauge("mammut_checkpoint_step", "Step of the newest checkpoint.", "run");
        _secondsLeft = make.CreateGauge("mammut_seconds_left", "Expected seconds to the end of the run.", "run");
        _restarts = make.CreateCounter("mammut_restarts_total", "Generations that ended by a failure.", "run");
        _badRows = make.CreateCounter("mammut_bad_rows_total", "Rows that could not be used and were replaced.", "run");
        _committed = make.CreateCounter("mammut_steps_committed_total", "Steps told, those done again included.", "run");
        _storeFailures = make.CreateCounter("mammut_store_failures_total", "Writes of run state or history that failed.", "run");
    }

    public CollectorRegistry Registry { get; }

    public void StoreFailed(string run) => _storeFailures.WithLabels(run).Inc();

    public void Committed(string run, int steps) => _committed.WithLabels(run).Inc(steps);

    public void Show(RunSnapshot snapshot)
    {
        var run = snapshot.Submission.RunId;
        _step.WithLabels(run).Set(snapshot.Step);
        _stepsTotal.WithLabels(run).Set(snapshot.Submission.TotalSteps);
        _generation.WithLabels(run).Set(snapshot.Generation);
        _samples.WithLabels(run).Set(snapshot.State == RunState.Running ? snapshot.SamplesPerSecond : 0);
        if (snapshot.SecondsLeft is { } left) _secondsLeft.WithLabels(run).Set(left);
        if (snapshot.Checkpoints.Count > 0) _checkpointStep.WithLabels(run).Set(snapshot.Checkpoints[^1].Step);
        _restarts.WithLabels(run).IncTo(snapshot.Restarts);
        _badRows.WithLabels(run).IncTo(snapshot.BadRows);
        foreach (var state in Enum.GetValues<RunState>()) _state.WithLabels(run, Name(state)).Set(state == snapshot.State ? 1 : 0);
        foreach (var state in Enum.GetValues<WorkerState>()) _workers.WithLabels(run, Name(state)).Set(snapshot.Workers.Count(w => w.State == state));
        ShowPhases(snapshot, run);
        if (snapshot.Latest is not { } latest) return;
        _loss.WithLabels(run, "total").Set(latest.Loss);
        _loss.WithLabels(run, "contrastive").Set(latest.Contrastive);
        _loss.WithLabels(run, "captioning").Set(latest.Captioning);
        _learningRate.WithLabels(run).Set(latest.LearningRate);
        _gradNorm.WithLabels(run).Set(latest.GradNorm);
    }

    private void ShowPhases(RunSnapshot snapshot, string run)
    {
        var ranks = snapshot.Workers.Where(w => w.Rank >= 0).Select(w => $"{w.Rank}").ToHashSet();
        foreach (var labels in _phase.GetAllLabelValues().Where(l => l[0] == run && !ranks.Contains(l[2])).ToList()) _phase.RemoveLabelled(labels);
        foreach (var worker in snapshot.Workers.Where(w => w.Rank >= 0))
        {
            var p = worker.Phases;
            Set("data_wait", p.DataWait);
            Set("forward", p.Forward);
            Set("backward", p.Backward);
            Set("communication", p.ExposedCommunication);
            Set("optimizer", p.Optimizer);
            Set("checkpoint", p.Checkpoint);
            Set("other", p.Other);
            void Set(string phase, double seconds) => _phase.WithLabels(run, phase, $"{worker.Rank}").Set(seconds);
        }
    }

    private static string Name<T>(T state) where T : struct, Enum => state.ToString().ToLowerInvariant();
}
