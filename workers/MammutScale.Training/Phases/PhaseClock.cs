using MammutScale.Collectives;

namespace MammutScale.Training.Phases;

/// <summary>
/// Splits the training thread's time without gaps: at any moment exactly one phase runs, and entering one suspends the one
/// around it. So the phases of a step add up to its time by construction. With marks on a device's stream, phases are what the
/// device does between them; the host, which runs ahead, then counts only where the device waits for it.
/// </summary>
internal sealed class PhaseClock : IDisposable
{
    private readonly TimeProvider _time;
    private readonly StreamMarks? _marks;
    private readonly List<Phase> _marked = [];
    private readonly long[] _ticks = new long[Enum.GetValues<Phase>().Length];
    private readonly Stack<Phase> _open = new();
    private long _since;

    /// <param name="time">The host's clock.</param>
    /// <param name="marks">Marks on the stream of the device that computes; null when the host does. The clock disposes them.</param>
    public PhaseClock(TimeProvider time, StreamMarks? marks = null)
    {
        (_time, _marks) = (time, marks);
        _since = time.GetTimestamp();
        marks?.Mark();
    }

    /// <summary>Hears of every finished stretch: phase, start and end in timestamps of the time provider.</summary>
    public Action<Phase, long, long>? Stretch { get; set; }

    private Phase Current => _open.Count == 0 ? Phase.Other : _open.Peek();

    /// <summary>The phase runs until the result is disposed.</summary>
    public PhaseScope Enter(Phase phase)
    {
        Cut();
        _open.Push(phase);
        return new PhaseScope(this);
    }

    /// <summary>The phases since the last call; the next step begins.</summary>
    public StepPhases EndStep()
    {
        Cut();
        if (_marks is not null) Settle();
        var phases = new StepPhases(Seconds(Phase.DataWait), Seconds(Phase.Forward), Seconds(Phase.Backward), Seconds(Phase.Communication),
            Seconds(Phase.Optimizer), Seconds(Phase.Checkpoint), Seconds(Phase.Other));
        Array.Clear(_ticks);
        return phases;
    }

    public void Dispose() => _marks?.Dispose();

    private double Seconds(Phase phase) => (double)_ticks[(int)phase] / _time.TimestampFrequency;

    private void Cut()
    {
        if (_marks is not null)
        {
            _marks.Mark();
            _marked.Add(Current);
            return;
        }

        var now = _time.GetTimestamp();
        Add(Current, _since, now);
        _since = now;
    }

    private void Add(Phase phase, long start, long end)
    {
        _ticks[(int)phase] += end - start;
        Stretch?.Invoke(phase, start, end);
    }

    /// <summary>The device has come to the last mark: now both clocks are at one moment, and the stretches lie before it.</summary>
    private void Settle()
    {
        var seconds = _marks!.Settle();
        var at = _time.GetTimestamp() - Ticks(Sum(seconds));
        for (var i = 0; i < seconds.Length; i++)
        {
            var end = at + Ticks(seconds[i]);
            Add(_marked[i], at, end);
            at = end;
        }

        _marked.Clear();
    }

    private long Ticks(double seconds) => (long)Math.Round(seconds * _time.TimestampFrequency);

    private static double Sum(ReadOnlySpan<double> seconds)
    {
        double sum = 0;
        foreach (var part in seconds) sum += part;
        return sum;
    }

    private void Leave()
    {
        Cut();
        _open.Pop();
    }

    public readonly ref struct PhaseScope(PhaseClock clock)
    {
        public void Dispose() => clock.Leave();
    }
}
