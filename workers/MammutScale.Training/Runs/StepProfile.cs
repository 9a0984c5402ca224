using System.Runtime.InteropServices;
using MammutScale.Collectives;
using MammutScale.Training.Agreement;
using MammutScale.Training.Parameters;
using MammutScale.Training.Phases;

namespace MammutScale.Training.Runs;

/// <summary>
/// Records the phases of the first steps on every rank and writes them as one Chrome trace on rank 0's clock. Clocks are
/// compared right after a barrier that all ranks leave together.
/// </summary>
internal sealed class StepProfile(ICollectives group, PhaseClock clock, TimeProvider time, int steps, string path)
{
    private readonly RankExchange<long> _longs = new(group);
    private readonly List<PhaseStretch> _stretches = [];
    private long _zero;
    private long _step;
    private int _left;

    private readonly record struct PhaseStretch(Phase Phase, double Start, double Duration, long Step);

    /// <summary>All ranks call it together.</summary>
    public void Begin()
    {
        _left = steps;
        group.Barrier().Wait();
        _zero = time.GetTimestamp();
        clock.Stretch = (phase, start, end) =>
        {
            if (end > start && start >= _zero) _stretches.Add(new PhaseStretch(phase, Microseconds(start - _zero), Microseconds(end - start), _step));
        };
    }

    /// <summary>Counts a step; after the last one all ranks send what they have and rank 0 writes the file.</summary>
    public void EndStep(long step)
    {
        _step = step;
        if (_left == 1) Finish();
        if (_left > 0) _left--;
    }

    /// <summary>Writes what there is; does nothing when it was written.</summary>
    public void Finish()
    {
        if (_left == 0) return;
        _left = 0;
        clock.Stretch = null;
        Gather();
    }

    private void Gather()
    {
        var mine = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_stretches));
        var lengths = _longs.Exchange(mine.Length).ToArray();
        var send = GC.AllocateArray<byte>(Math.Max(1, mine.Length), pinned: true);
        var all = GC.AllocateArray<byte>((int)Math.Max(1, lengths.Sum()), pinned: true);
        mine.CopyTo(send);
        group.Host.AllGather(TensorMemory.Pinned(send).Slice(0, mine.Length), TensorMemory.Pinned(all).Slice(0, lengths.Sum()), lengths).Wait();
        if (group.Rank != 0) return;
        var trace = new ChromeTrace();
        var at = 0;
        for (var rank = 0; rank < lengths.Length; rank++)
        {
            foreach (var s in MemoryMarshal.Cast<byte, PhaseStretch>(all.AsSpan(at, (int)lengths[rank]))) trace.Add(rank, s.Phase.ToString(), s.Start, s.Duration, s.Step + 1);
            at += (int)lengths[rank];
        }

        using var file = File.Create(path);
        trace.Write(file);
    }

    private double Microseconds(long ticks) => ticks * 1e6 / time.TimestampFrequency;
}
