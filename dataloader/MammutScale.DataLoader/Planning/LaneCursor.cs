namespace MammutScale.DataLoader.Planning;

/// <summary>Walks through the slices of one lane in order. Cheaper than look-ups: a block is spelled out once. Not thread-safe.</summary>
public sealed class LaneCursor
{
    private readonly DataPlan _plan;
    private readonly SourceOrder[] _sources;
    private readonly BlockRows?[] _blocks;

    internal LaneCursor(DataPlan plan, SourceOrder[] sources, int lane, long step)
    {
        (_plan, _sources, Lane, Step) = (plan, sources, lane, step);
        _blocks = new BlockRows?[sources.Length];
    }

    public int Lane { get; }

    /// <summary>The step whose slice <see cref="Next"/> gives.</summary>
    public long Step { get; private set; }

    /// <summary>Writes the lane's samples of the global batch of <see cref="Step"/> and goes on to the next step.</summary>
    /// <param name="slice">[<see cref="DataPlan.SamplesPerLane"/>].</param>
    public void Next(Span<PlannedSample> slice)
    {
        if (slice.Length != _plan.SamplesPerLane)
            throw new ArgumentException($"slice holds {slice.Length} samples, a lane gives {_plan.SamplesPerLane} to a batch", nameof(slice));
        var item = Step * _plan.SamplesPerLane;
        for (var i = 0; i < slice.Length; i++)
            slice[i] = Read(item + i);
        Step++;
    }

    private PlannedSample Read(long item)
    {
        var (source, index) = _plan.Mixture.Locate(Lane, item);
        var (epoch, position) = _sources[source].PlaceOf(Lane, index);
        var rows = _blocks[source];
        if (rows is null || rows.Block.Epoch != epoch || position < rows.Block.First || position >= rows.Block.First + rows.Block.Count)
            _blocks[source] = rows = new BlockRows(_sources[source], _sources[source].BlockAt(Lane, epoch, position));
        return new PlannedSample(rows[(int)(position - rows.Block.First)], Lane, epoch, position);
    }
}
