using MammutScale.DataLoader.Pipeline;
using MammutScale.Model;
using MammutScale.Model.Vision;
using MammutScale.Training.Batches;
using MammutScale.Training.Configuration;
using static TorchSharp.torch;

namespace MammutScale.Training.Steps;

/// <summary>What a pass over one micro-batch gives; a part is null when its loss has no weight.</summary>
internal sealed record PassOutput(Tensor? Image, Tensor? Text, Tensor? Caption);

/// <summary>The model's passes over micro-batches.</summary>
internal sealed class Passes(Mammut model, LossSection rules, long seed, BatchStaging? staging) : IDisposable
{
    public void Dispose() => staging?.Dispose();

    /// <summary>Embeddings only, without a graph: the captioning pass is not run.</summary>
    public (Tensor Image, Tensor Text) Embed(Batch batch, int start, int count)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var micro = MicroBatch.Of(batch, start, count, model, staging);
        var image = model.EncodeImage(micro.Images, Boxes(batch, start, count)).Features;
        var text = model.EncodeText(micro.Ids, micro.Valid);
        return (image.MoveToOuterDisposeScope(), text.MoveToOuterDisposeScope());
    }

    /// <summary>Encode images once, both passes of the decoder, the captioning loss as this micro-batch's part of the global batch's.</summary>
    public PassOutput Run(Batch batch, int start, int count, long globalLabels)
    {
        var micro = MicroBatch.Of(batch, start, count, model, staging);
        var image = model.EncodeImage(micro.Images, Boxes(batch, start, count));
        var divisor = Math.Max(1, globalLabels);
        if (rules.CaptionWeight == 0) return new PassOutput(image.Features, model.EncodeText(micro.Ids, micro.Valid), null);
        if (rules.ContrastiveWeight == 0)
        {
            var hidden = model.CaptionHidden(micro.Ids.narrow(1, 0, micro.Ids.shape[1] - 1), image.Tokens);
            return new PassOutput(null, null, model.CaptionLoss(hidden, micro.Targets, divisor, rules.CaptionChunk));
        }

        var text = model.TextPasses(micro.Ids, micro.Valid, image.Tokens);
        return new PassOutput(image.Features, text.Features, model.CaptionLoss(text.Hidden, micro.Targets, divisor, rules.CaptionChunk));
    }

    /// <summary>A crop of the positions for each sample; a function of the sample and the step, so that it does not depend on ranks or micro-batches and a replay draws the same.</summary>
    private PositionBox[]? Boxes(Batch batch, int start, int count)
    {
        if (model.Config.Vision.CroppedPositions is not { } crops) return null;
        var boxes = new PositionBox[count];
        for (var i = 0; i < count; i++)
        {
            var sample = batch.Samples[start + i];
            var key = HashCode64(seed, batch.Step, ((long)sample.Source << 32) ^ sample.RowGroup, sample.Row);
            boxes[i] = PositionCropping.Draw(crops, new Random(key), 1)[0];
        }

        return boxes;
    }

    private static int HashCode64(params ReadOnlySpan<long> parts)
    {
        var hash = 0x9E3779B97F4A7C15ul;
        foreach (var part in parts) hash = System.Numerics.BitOperations.RotateLeft((hash ^ (ulong)part) * 0xD6E8FEB86659FD93ul, 29);
        return (int)((hash ^ (hash >> 32)) & int.MaxValue);
    }
}
