using MammutScale.DataLoader.Pipeline;
using MammutScale.DataLoader.Planning;
using MammutScale.Model;
using MammutScale.Model.Tubes;
using MammutScale.Training.Batches;
using static TorchSharp.torch;

namespace MammutScale.Training.Evaluation;

/// <summary>Embeds a set of rows of a picture or clip and a caption and scores retrieval over all of it. Rows of one sample are one picture with several captions.</summary>
public static class RetrievalEvaluation
{
    /// <param name="model">Embeds pictures and texts.</param>
    /// <param name="video">Embeds clips; null for a model of pictures.</param>
    /// <param name="rows">Disposed here.</param>
    /// <param name="afterBatch">Called after every batch.</param>
    /// <param name="cancellation">Gives up.</param>
    public static RetrievalScores Run(Mammut model, VideoEncoder? video, IEnumerable<Batch> rows, Action? afterBatch = null, CancellationToken cancellation = default)
    {
        var (images, texts) = (new List<float>(), new List<float>());
        var owners = new List<int>();
        var known = new Dictionary<SampleId, int>();
        var width = model.Config.EmbedDim;
        using var noGrad = no_grad();
        foreach (var batch in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            using var held = batch;
            using var scope = NewDisposeScope();
            var micro = MicroBatch.Of(batch, 0, batch.Count, model);
            var image = micro.InBatchOrder(cat([.. micro.Media.Select(group => group.Encode(model, video).Features)])).cpu().data<float>().ToArray();
            texts.AddRange(micro.InBatchOrder(model.EncodeText(micro.Ids, micro.Valid)).cpu().data<float>().ToArray());
            for (var row = 0; row < batch.Count; row++)
            {
                if (!known.TryGetValue(batch.Samples[row], out var picture))
                {
                    known.Add(batch.Samples[row], picture = known.Count);
                    images.AddRange(image.AsSpan(row * width, width));
                }

                owners.Add(picture);
            }

            afterBatch?.Invoke();
        }

        return Retrieval.Score(images.ToArray(), texts.ToArray(), owners.ToArray(), width);
    }
}
