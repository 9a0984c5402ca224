namespace MammutScale.DataLoader.Planning;

/// <summary>The endless order of one source, cut into lanes and shuffle blocks. Keeps the row-group order of the last few epochs asked for.</summary>
internal sealed class SourceOrder
{
    private const int EpochsKept = 3;

    private readonly ulong _key;
    private readonly int _blockRows;
    private readonly LaneCut _lanes;
    private readonly Lock _gate = new();
    private readonly List<(long Epoch, EpochOrder Order)> _recent = [];

    public SourceOrder(int number, PlanSource source, PlanOptions options)
    {
        (Number, Source, _blockRows) = (number, source, options.ShuffleRows);
        _lanes = new LaneCut(source.Samples, options.Lanes);
        _key = Keys.Derive(options.Seed, (ulong)number);
    }

    public int Number { get; }

    public PlanSource Source { get; }

    /// <summary>Where item <paramref name="index"/> of a lane stands before rows are shuffled: the lane's positions in its epoch, and its own.</summary>
    public (LaneSpan Span, long Position) PlaceOf(int lane, long index)
    {
        var epoch = _lanes.EpochOf(lane, index);
        var span = _lanes.Span(lane, epoch);
        return (span, span.First + index - _lanes.Before(lane, epoch));
    }

    /// <summary>The item of the lane's endless stream that stands first in a block.</summary>
    public long FirstIndexOf(ShuffleBlock block) => _lanes.Before(block.Lane, block.Epoch) + block.First - _lanes.Span(block.Lane, block.Epoch).First;

    /// <summary>The shuffle block that holds a position of a lane.</summary>
    public ShuffleBlock BlockAt(LaneSpan span, long position)
    {
        var (from, end) = new BlockCut(Order(span.Epoch), span.First, span.Count, _blockRows).Around(position);
        return new ShuffleBlock(Number, span.Lane, span.Epoch, from, (int)(end - from));
    }

    /// <summary>The shuffle block that holds a sample.</summary>
    public ShuffleBlock BlockOf(PlannedSample sample) => BlockAt(_lanes.Span(sample.Lane, sample.Epoch), sample.Position);

    /// <summary>The permutation of a block's rows.</summary>
    public KeyedBijection Shuffle(ShuffleBlock block) => new(Keys.Derive(EpochKey(block.Epoch), (ulong)block.First + 1), block.Count);

    /// <summary>The row at a position of the row-group order (not shuffled inside its block).</summary>
    public SampleId RowAt(long epoch, long position)
    {
        var order = Order(epoch);
        var place = order.PlaceOf(position);
        var group = order.GroupAt(place);
        return new SampleId(Number, group, Source.RowAt(group, (int)(position - order.StartOf(place))));
    }

    /// <summary>The rows of a block in the row-group order: runs of neighbouring selected rows.</summary>
    public IEnumerable<BlockRun> RunsOf(ShuffleBlock block)
    {
        var order = Order(block.Epoch);
        var position = block.First;
        var end = block.First + block.Count;
        for (var place = order.PlaceOf(position); position < end; place++)
        {
            var stop = Math.Min(end, order.StartOf(place + 1));
            if (stop == position)
                continue;
            yield return new BlockRun(order.GroupAt(place), (int)(position - order.StartOf(place)), (int)(stop - position));
            position = stop;
        }
    }

    private EpochOrder Order(long epoch)
    {
        lock (_gate)
        {
            foreach (var (known, order) in _recent)
                if (known == epoch)
                    return order;
            if (_recent.Count == EpochsKept)
                _recent.RemoveAt(0);
            var made = new EpochOrder(Source, EpochKey(epoch));
            _recent.Add((epoch, made));
            return made;
        }
    }

    private ulong EpochKey(long epoch) => Keys.Derive(_key, (ulong)epoch);
}

/// <summary>Neighbouring selected rows of a row group inside a block.</summary>
internal readonly record struct BlockRun(int RowGroup, int FirstOrdinal, int Count);
