namespace MammutScale.DataLoader.Planning;

/// <summary>Walks through the slices of one lane in order. Cheaper than look-ups: a block is spelled out once. Not thread-safe.</summary>
public sealed class LaneCursor
{
    private readonly Mixture _mixture;
    private readonly int _samples;
    private readonly SourceOrder[] _sources;
    private readonly (BlockRows? Rows, long FirstIndex)[] _blocks;

    internal LaneCursor(Mixture mixture, SourceOrder[] sources, int samplesPerLane, int lane, long step)
    {
        (_mixture, _sources, _samples, Lane, Step) = (mixture, sources, samplesPerLane, lane, step);
        _blocks = new (BlockRows?, long)[sources.Length];
    }

    public int Lane { get; }

    /// <summary>The step whose slice <see cref="Next"/> gives.</summary>
    public long Step { get; private set; }

    /// <summary>Writes the lane's samples of the global batch of <see cref="Step"/> and goes on to the next step.</summary>
    /// <param name="slice">[<see cref="DataPlan.SamplesPerLane"/>].</param>
    public void Next(Span<PlannedSample> slice)
    {
        if (slice.Length != _samples)
            throw new ArgumentException($"slice holds {slice.Length} samples, a lane gives {_samples} to a batch", nameof(slice));
        var item = Step * _samples;
        for (var i = 0; i < slice.Length; i++)
            slice[i] = Read(item + i);
        Step++;
    }

    private PlannedSample Read(long item)
    {
        var (source, index) = _mixture.Locate(Lane, item);
        ref var block = ref _blocks[source];
        if (block.Rows is null || index < block.FirstIndex || index - block.FirstIndex >= block.Rows.Block.Count)
            block = Open(_sources[source], index);
        var number = (int)(index - block.FirstIndex);
        return new PlannedSample(block.Rows![number], Lane, block.Rows.Block.Epoch, block.Rows.Block.First + number);
    }

    private (BlockRows Rows, long FirstIndex) Open(SourceOrder source, long index)
    {
        var (span, position) = source.PlaceOf(Lane, index);
        var block = source.BlockAt(span, position);
        return (new BlockRows(source, block), index - (position - block.First));
    }
}
