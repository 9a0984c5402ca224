using MammutScale.DataLoader.Pipeline;
using MammutScale.Model;
using MammutScale.Model.Configuration;
using MammutScale.Model.Losses;
using MammutScale.Training.Parameters;
using static TorchSharp.torch;

namespace MammutScale.Training.Batches;

/// <summary>
/// Consecutive samples of a batch as tensors; texts are cut after the longest of them where padding does not count. Samples with
/// equally many frames are laid together: everything here is in the order of the groups.
/// </summary>
/// <param name="Media">Pictures and clips, fewest frames first; one group in a batch of pictures.</param>
/// <param name="Ids">[b, L].</param>
/// <param name="Valid">[b, L] bool.</param>
/// <param name="Targets">Labels of the captioning loss.</param>
/// <param name="Places">Where each sample of the batch stands among the groups, [b] int64; null where the orders are the same.</param>
internal sealed record MicroBatch(IReadOnlyList<MediaGroup> Media, Tensor Ids, Tensor Valid, CaptionTargets Targets, Tensor? Places)
{
    /// <param name="batch">On the host.</param>
    /// <param name="start">First sample.</param>
    /// <param name="count">Samples.</param>
    /// <param name="model">Says where the tensors go, in which type, and whether padding may be left out.</param>
    /// <param name="staging">Memory that a device copies from; null copies at once.</param>
    public static MicroBatch Of(Batch batch, int start, int count, Mammut model, BatchStaging? staging = null)
    {
        int[] order = [.. Enumerable.Range(start, count).OrderBy(row => batch.FrameCounts[row])];
        var lengths = Array.ConvertAll(order, row => batch.Lengths[row]);
        var length = Length(batch, lengths, model.Config.Text);
        var ids = empty([count, length], dtype: ScalarType.Int64);
        var rows = TensorMemory.Longs(ids);
        for (var place = 0; place < count; place++)
            batch.Tokens.Span.Slice(order[place] * batch.ContextLength, length).CopyTo(rows[(place * length)..]);
        var valid = arange(length).unsqueeze(0).lt(tensor(lengths, ScalarType.Int64).unsqueeze(1));
        var targets = CaptionTargets.From(rows, lengths, length, model.Device);
        return new MicroBatch(Groups(batch, start, order, model, staging), ids.to(model.Device), valid.to(model.Device), targets, PlacesOf(start, order, model.Device));
    }

    /// <summary>Rows that were made in the order of the groups, [b, …], in the order of the batch.</summary>
    public Tensor InBatchOrder(Tensor grouped) => Places is null ? grouped : grouped.index_select(0, Places);

    private static List<MediaGroup> Groups(Batch batch, int start, int[] order, Mammut model, BatchStaging? staging)
    {
        List<MediaGroup> groups = [];
        long offset = (long)start * batch.Frames;
        foreach (var group in order.GroupBy(row => batch.FrameCounts[row]))
        {
            int[] rows = [.. group];
            var media = staging?.Stage(batch, rows, offset) ?? OnHost(batch, rows);
            // first to the device, then to the type: the other way round the host would convert, into memory that it must wait for
            groups.Add(new MediaGroup(rows, group.Key, media.to(model.Device, non_blocking: true).to(model.Dtype)));
            offset += rows.Length * group.Key;
        }

        return groups;
    }

    private static Tensor? PlacesOf(int start, int[] order, Device device)
    {
        var places = new long[order.Length];
        for (var place = 0; place < order.Length; place++) places[order[place] - start] = place;
        return places.Index().All(p => p.Index == p.Item) ? null : tensor(places, device: device);
    }

    /// <summary>Up to the longest text, unless the model counts padding: its results would change with the company a text is in.</summary>
    private static int Length(Batch batch, ReadOnlySpan<int> lengths, TextConfig text)
    {
        if (!text.IgnoresPadding) return batch.ContextLength;
        var longest = 2;
        foreach (var length in lengths) longest = Math.Max(longest, length);
        return longest;
    }

    private static Tensor OnHost(Batch batch, int[] rows)
    {
        var media = empty(BatchStaging.Shape(batch, rows));
        BatchStaging.Copy(batch, rows, media, 0);
        return media;
    }
}
