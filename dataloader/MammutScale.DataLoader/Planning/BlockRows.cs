namespace MammutScale.DataLoader.Planning;

/// <summary>The rows of one shuffle block in the order in which they are used, spelled out for a reader that walks through it.</summary>
internal sealed class BlockRows
{
    private readonly SampleId[] _rows;
    private readonly int[] _runs;

    public BlockRows(SourceOrder order, ShuffleBlock block)
    {
        Block = block;
        Runs = [.. order.RunsOf(block)];
        var inOrder = new SampleId[block.Count];
        var runOf = new int[block.Count];
        var rows = new int[block.Count];
        var at = 0;
        for (var run = 0; run < Runs.Length; run++)
        {
            var (group, first, count) = Runs[run];
            order.Source.RowsAt(group, first, rows.AsSpan(at, count));
            for (var end = at + count; at < end; at++)
                (inOrder[at], runOf[at]) = (new SampleId(block.Source, group, rows[at]), run);
        }

        var shuffle = order.Shuffle(block);
        _rows = new SampleId[block.Count];
        _runs = new int[block.Count];
        for (var i = 0; i < block.Count; i++)
        {
            var from = (int)shuffle[i];
            (_rows[i], _runs[i]) = (inOrder[from], runOf[from]);
        }
    }

    public ShuffleBlock Block { get; }

    public BlockRun[] Runs { get; }

    /// <summary>The row used as number <paramref name="index"/> of the block.</summary>
    public SampleId this[int index] => _rows[index];

    /// <summary>The run that this row belongs to.</summary>
    public int RunOf(int index) => _runs[index];
}
