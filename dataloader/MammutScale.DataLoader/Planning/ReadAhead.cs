namespace MammutScale.DataLoader.Planning;

/// <summary>Lists what lanes will read, soonest need first.</summary>
internal sealed class ReadAhead(Mixture mixture, SourceOrder[] sources, int samplesPerLane)
{
    public IEnumerable<RowGroupRead> From(LaneRange lanes, long step)
    {
        var streams = new PriorityQueue<IEnumerator<RowGroupRead>, (long Step, int Lane, int Source)>();
        for (var lane = lanes.First; lane < lanes.End; lane++)
            foreach (var source in sources)
                Push(streams, OfLane(source, lane, step).GetEnumerator());
        while (streams.TryDequeue(out var stream, out _))
        {
            yield return stream.Current;
            Push(streams, stream);
        }
    }

    private static void Push(PriorityQueue<IEnumerator<RowGroupRead>, (long Step, int Lane, int Source)> streams, IEnumerator<RowGroupRead> stream)
    {
        if (stream.MoveNext())
            streams.Enqueue(stream, (stream.Current.FirstStep, stream.Current.Lane, stream.Current.Source));
    }

    private IEnumerable<RowGroupRead> OfLane(SourceOrder source, int lane, long step)
    {
        var index = mixture.Given(lane, step * samplesPerLane, source.Number);
        while (true)
        {
            var (span, position) = source.PlaceOf(lane, index);
            var block = source.BlockAt(span, position);
            var rows = new BlockRows(source, block);
            foreach (var read in OfBlock(source, rows, (int)(position - block.First)))
                yield return read;
            index += block.First + block.Count - position;
        }
    }

    /// <summary>The reads of what is left of a block, by first use.</summary>
    private IEnumerable<RowGroupRead> OfBlock(SourceOrder source, BlockRows rows, int from)
    {
        var block = rows.Block;
        var uses = new RunUse[rows.Runs.Length];
        var byFirstUse = new List<int>(rows.Runs.Length);
        for (var i = from; i < block.Count; i++)
        {
            ref var use = ref uses[rows.RunOf(i)];
            if (use.Rows == 0)
            {
                byFirstUse.Add(rows.RunOf(i));
                use = new RunUse { First = i, MinRow = int.MaxValue };
            }

            use.Last = i;
            use.Rows++;
            use.MinRow = Math.Min(use.MinRow, rows[i].Row);
            use.MaxRow = Math.Max(use.MaxRow, rows[i].Row);
        }

        var first = source.FirstIndexOf(block);
        foreach (var run in byFirstUse)
        {
            var use = uses[run];
            yield return new RowGroupRead(
                source.Number, block.Lane, block.Epoch, rows.Runs[run].RowGroup, use.MinRow, use.MaxRow + 1, use.Rows, StepOf(source, block.Lane, first + use.First), StepOf(source, block.Lane, first + use.Last));
        }
    }

    private long StepOf(SourceOrder source, int lane, long index) => mixture.ItemOf(lane, source.Number, index) / samplesPerLane;

    private struct RunUse
    {
        public int First;
        public int Last;
        public int Rows;
        public int MinRow;
        public int MaxRow;
    }
}
