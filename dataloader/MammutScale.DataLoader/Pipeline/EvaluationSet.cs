using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Pipeline.Rows;
using MammutScale.DataLoader.Pipeline.Stages;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Pipeline;

/// <summary>
/// Every good row of a source, in the order of its files, for evaluation: no chance anywhere. A picture with several captions
/// gives a sample for each of them; those have equal <see cref="SampleId"/>s. The last batch is as large as what is left.
/// </summary>
/// <param name="source">The data.</param>
/// <param name="options">Picture with a view without chance (<c>CentreCrop</c>, <c>WholePicture</c>), tokenizer, context.</param>
/// <param name="batchSize">Samples of a batch.</param>
public sealed class EvaluationSet(LoaderSource source, LoaderOptions options, int batchSize)
{
    private readonly BatchBuffers<float> _images = new(options.FloatsFor(batchSize));
    private readonly BatchBuffers<long> _tokens = new(batchSize * options.ContextLength);

    /// <summary>Reads the whole set once; the caller disposes the batches.</summary>
    /// <param name="badRows">Receives rows that could not be used, if given; failed downloads are left out silently.</param>
    /// <exception cref="DataFormatException">A file cannot be read, or no row is usable.</exception>
    public IEnumerable<Batch> Read(ICollection<BadRow>? badRows = null, CancellationToken cancellation = default)
    {
        source.EnsureFits(options);
        List<(SampleId Id, SampleRow Row, string Text, LoadedRowGroup Group)> waiting = [];
        List<LoadedRowGroup> held = [];
        long step = 0;
        int[] groups = [.. Enumerable.Range(0, source.Plan.RowGroups).Where(g => source.Plan.RowsIn(g) > 0)];
        Task<LoadedRowGroup>? next = null;
        try
        {
            for (int place = 0; place < groups.Length; place++)
            {
                int g = groups[place];
                var group = (next ?? Begin(g, cancellation)).GetAwaiter().GetResult();
                held.Add(group);
                // The next one is fetched while this one is decoded.
                next = place + 1 < groups.Length ? Begin(groups[place + 1], cancellation) : null;
                for (int ordinal = 0; ordinal < source.Plan.RowsIn(g); ordinal++)
                {
                    var id = new SampleId(0, g, source.Plan.RowAt(g, ordinal));
                    var row = group.Columns.Read(id.Row);
                    if (row.State == RowState.Bad) badRows?.Add(Bad(group, row, row.Reason ?? "bad"));
                    if (row.State != RowState.Good) continue;
                    if (row.Captions.Count == 0) badRows?.Add(Bad(group, row, "no caption"));
                    foreach (string caption in row.Captions) waiting.Add((id, row, caption, group));
                }
                while (waiting.Count >= batchSize)
                {
                    if (Make(waiting.GetRange(0, batchSize), step++, badRows, cancellation) is { } batch) yield return batch;
                    waiting.RemoveRange(0, batchSize);
                }
                Release(held, waiting.Select(w => w.Group));
            }
            if (waiting.Count > 0 && Make(waiting, step++, badRows, cancellation) is { } last) yield return last;
        }
        finally
        {
            Release(held, []);
            next?.ContinueWith(t => t.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }
    }

    private Task<LoadedRowGroup> Begin(int rowGroup, CancellationToken cancellation) => Task.Run(() => source.ReadAsync(rowGroup, cancellation), cancellation);

    private Batch? Make(List<(SampleId Id, SampleRow Row, string Text, LoadedRowGroup Group)> rows, long step, ICollection<BadRow>? badRows, CancellationToken cancellation)
    {
        int floats = options.FloatsPerSample, context = options.ContextLength;
        var images = _images.Rent();
        var tokens = _tokens.Rent();
        int[] lengths = new int[rows.Count], frames = new int[rows.Count];
        string?[] faults = new string?[rows.Count];
        Parallel.For(0, rows.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation }, () => new SampleMaker(options), (i, _, maker) =>
        {
            var row = rows[i].Row with { Captions = [rows[i].Text] };
            faults[i] = maker.Make(row, rows[i].Group.Columns.IsVideo, 0, images.Memory.Span.Slice(i * floats, floats), tokens.Memory.Span.Slice(i * context, context), out lengths[i]);
            return maker;
        }, maker => maker.Dispose());

        int good = 0;
        var samples = new SampleId[rows.Count];
        for (int i = 0; i < rows.Count; i++)
        {
            if (faults[i] is { } fault) { badRows?.Add(Bad(rows[i].Group, rows[i].Row, fault)); continue; }
            if (i != good)
            {
                images.Memory.Slice(i * floats, floats).CopyTo(images.Memory[(good * floats)..]);
                tokens.Memory.Slice(i * context, context).CopyTo(tokens.Memory[(good * context)..]);
            }
            (lengths[good], frames[good], samples[good]) = (lengths[i], options.FramesOf(rows[i].Group.Columns.IsVideo), rows[i].Id);
            good++;
        }
        if (good > 0) return new(step, good, options.Picture.Size, context, images, tokens, lengths[..good], samples[..good], options.Frames, frames[..good]);
        images.Dispose();
        tokens.Dispose();
        return null;
    }

    private static BadRow Bad(LoadedRowGroup group, SampleRow row, string reason) => new(group.File, group.FirstRow + row.Row, group.Number, row.Key, reason);

    /// <summary>Gives back row groups that no waiting sample needs.</summary>
    private static void Release(List<LoadedRowGroup> held, IEnumerable<LoadedRowGroup> needed)
    {
        var keep = needed.ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var group in held.Where(g => !keep.Contains(g))) group.Dispose();
        held.RemoveAll(g => !keep.Contains(g));
    }
}
