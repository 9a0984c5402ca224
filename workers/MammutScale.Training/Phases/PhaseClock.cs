namespace MammutScale.Training.Phases;

/// <summary>
/// Splits the training thread's time without gaps: at any moment exactly one phase runs, and entering one suspends the one
/// around it. So the phases of a step add up to its time by construction.
/// </summary>
internal sealed class PhaseClock
{
    private readonly TimeProvider _time;
    private readonly long[] _ticks = new long[Enum.GetValues<Phase>().Length];
    private readonly Stack<Phase> _open = new();
    private long _since;

    public PhaseClock(TimeProvider time)
    {
        _time = time;
        _since = time.GetTimestamp();
    }

    /// <summary>Hears of every finished stretch: phase, start and end in timestamps of the time provider.</summary>
    public Action<Phase, long, long>? Stretch { get; set; }

    private Phase Current => _open.Count == 0 ? Phase.Other : _open.Peek();

    /// <summary>The phase runs until the result is disposed.</summary>
    public Scope Enter(Phase phase)
    {
        Cut();
        _open.Push(phase);
        return new Scope(this);
    }

    /// <summary>The phases since the last call; the next step begins.</summary>
    public StepPhases EndStep()
    {
        Cut();
        var phases = new StepPhases(Seconds(Phase.DataWait), Seconds(Phase.Forward), Seconds(Phase.Backward), Seconds(Phase.Communication),
            Seconds(Phase.Optimizer), Seconds(Phase.Checkpoint), Seconds(Phase.Other));
        Array.Clear(_ticks);
        return phases;
    }

    private double Seconds(Phase phase) => (double)_ticks[(int)phase] / _time.TimestampFrequency;

    private void Cut()
    {
        var now = _time.GetTimestamp();
        _ticks[(int)Current] += now - _since;
        Stretch?.Invoke(Current, _since, now);
        _since = now;
    }

    private void Leave()
    {
        Cut();
        _open.Pop();
    }

    public readonly ref struct Scope(PhaseClock clock)
    {
        public void Dispose() => clock.Leave();
    }
}
