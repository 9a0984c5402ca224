using MammutScale.Contracts;

namespace MammutScale.Coordinator.Metrics;

/// <summary>Samples per second and time left, from the commit times of the newest steps of one generation.</summary>
internal sealed class Speed
{
    private const int Window = 60;
    private readonly Queue<StepRecord> _steps = new();

    public void Add(StepRecord step)
    {
        if (_steps.TryPeek(out var oldest) && (oldest.Generation != step.Generation || oldest.Attempt != step.Attempt)) _steps.Clear();
        _steps.Enqueue(step);
        if (_steps.Count > Window) _steps.Dequeue();
        Newest = step;
    }

    public StepRecord? Newest { get; private set; }

    /// <summary>0 when no step has been told.</summary>
    public double SamplesPerSecond => Newest is { } step && SecondsPerStep is { } seconds && seconds > 0 ? step.Samples / seconds : 0;

    public double? SecondsLeft(long remainingSteps) => SecondsPerStep * Math.Max(0, remainingSteps);

    /// <summary>Mean time from commit to commit; of a single step its own duration.</summary>
    private double? SecondsPerStep
    {
        get
        {
            if (Newest is null) return null;
            var oldest = _steps.Peek();
            var span = (Newest.At - oldest.At).TotalSeconds;
            return span > 0 ? span / (Newest.Step - oldest.Step) : Newest.Phases.Total;
        }
    }
}
