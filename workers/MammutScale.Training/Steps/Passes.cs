using MammutScale.DataLoader.Pipeline;
using MammutScale.Model;
using MammutScale.Model.Tubes;
using MammutScale.Model.Vision;
using MammutScale.Training.Batches;
using MammutScale.Training.Configuration;
using static TorchSharp.torch;

namespace MammutScale.Training.Steps;

/// <summary>What a pass over one micro-batch gives; a part is null when its loss has no weight.</summary>
internal sealed record PassOutput(Tensor? Image, Tensor? Text, Tensor? Caption);

/// <summary>The model's passes over micro-batches of pictures, clips, or both.</summary>
internal sealed class Passes(Mammut model, VideoEncoder? video, LossSection rules, long seed, BatchStaging? staging) : IDisposable
{
    public void Dispose() => staging?.Dispose();

    /// <summary>Embeddings only, without a graph: the captioning pass is not run.</summary>
    public (Tensor Image, Tensor Text) Embed(Batch batch, int start, int count)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var micro = MicroBatch.Of(batch, start, count, model, staging);
        var image = micro.InBatchOrder(Joined([.. Encode(micro, batch).Select(m => m.Features)]));
        var text = micro.InBatchOrder(model.EncodeText(micro.Ids, micro.Valid));
        return (image.MoveToOuterDisposeScope(), text.MoveToOuterDisposeScope());
    }

    /// <summary>Encode media once, both passes of the decoder, the captioning loss as this micro-batch's part of the global batch's.</summary>
    public PassOutput Run(Batch batch, int start, int count, long globalLabels)
    {
        var micro = MicroBatch.Of(batch, start, count, model, staging);
        var media = Encode(micro, batch);
        var divisor = Math.Max(1, globalLabels);
        var features = micro.InBatchOrder(Joined([.. media.Select(m => m.Features)]));
        if (rules.CaptionWeight == 0) return new PassOutput(features, micro.InBatchOrder(model.EncodeText(micro.Ids, micro.Valid)), null);
        if (rules.ContrastiveWeight == 0)
        {
            var seen = micro.Ids.narrow(1, 0, micro.Ids.shape[1] - 1);
            var hidden = Joined([.. Parts(micro).Zip(media, (part, m) => model.CaptionHidden(part.Of(seen), m.Tokens))]);
            return new PassOutput(null, null, model.CaptionLoss(hidden, micro.Targets, divisor, rules.CaptionChunk));
        }

        // the decoder looks at as many tokens as the medium has: once for each length
        List<TextEncoding> texts = [.. Parts(micro).Zip(media, (part, m) => model.TextPasses(part.Of(micro.Ids), part.Of(micro.Valid), m.Tokens))];
        return new PassOutput(features, micro.InBatchOrder(Joined([.. texts.Select(t => t.Features)])),
            model.CaptionLoss(Joined([.. texts.Select(t => t.Hidden)]), micro.Targets, divisor, rules.CaptionChunk));
    }

    /// <summary>All media before any text: the backward pass then comes through the decoder first, and its buckets can start.</summary>
    private List<ImageEncoding> Encode(MicroBatch micro, Batch batch) => [.. micro.Media.Select(group => group.Encode(model, video, Boxes(batch, group)))];

    private static Tensor Joined(Tensor[] parts) => parts is [var one] ? one : cat(parts);

    private static IEnumerable<RowPart> Parts(MicroBatch micro)
    {
        var first = 0;
        foreach (var group in micro.Media)
        {
            yield return new RowPart(first, group.Rows.Length, micro.Media.Count == 1);
            first += group.Rows.Length;
        }
    }

    private readonly record struct RowPart(int First, int Count, bool IsAll)
    {
        public Tensor Of(Tensor rows) => IsAll ? rows : rows.narrow(0, First, Count);
    }

    /// <summary>A crop of the positions for each picture; a function of the sample and the step, so that it does not depend on ranks or micro-batches and a replay draws the same.</summary>
    private PositionBox[]? Boxes(Batch batch, MediaGroup group)
    {
        if (model.Config.Vision.CroppedPositions is not { } crops || group.Frames > 1) return null;
        return Array.ConvertAll(group.Rows, row =>
        {
            var sample = batch.Samples[row];
            var key = HashCode64(seed, batch.Step, ((long)sample.Source << 32) ^ sample.RowGroup, sample.Row);
            return PositionCropping.Draw(crops, new Random(key), 1)[0];
        });
    }

    private static int HashCode64(params ReadOnlySpan<long> parts)
    {
        var hash = 0x9E3779B97F4A7C15ul;
        foreach (var part in parts) hash = System.Numerics.BitOperations.RotateLeft((hash ^ (ulong)part) * 0xD6E8FEB86659FD93ul, 29);
        return (int)((hash ^ (hash >> 32)) & int.MaxValue);
    }
}
