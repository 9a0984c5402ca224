namespace MammutScale.Training.Phases;

/// <summary>Seconds of one step by phase; they add up to <see cref="Total"/>.</summary>
public readonly record struct StepPhases(double DataWait, double Forward, double Backward, double Communication, double Optimizer, double Checkpoint, double Other)
{
    public double Total => DataWait + Forward + Backward + Communication + Optimizer + Checkpoint + Other;
}
