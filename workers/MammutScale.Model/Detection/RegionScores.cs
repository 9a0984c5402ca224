using static TorchSharp.torch;

namespace MammutScale.Model.Detection;

/// <summary>From scored regions to detections.</summary>
internal static class RegionScores
{
    /// <summary>What the pretrained encoder says of each region by itself: its map pooled over the region, embedded like a whole picture and compared with the class names.</summary>
    /// <returns>Probabilities [K, 1 + C], background first; 0 there if the names have no background.</returns>
    public static Tensor Of(Mammut model, Tensor map, IReadOnlyList<Roi> regions, ClassNames names, DetectionConfig config)
    {
        Tensor pooled = RoiAlign.Apply(map.to(float32), regions, model.Config.Vision.PatchSize, config.RoiSize).mean([2, 3]);
        Tensor embedded = Mammut.Normalized(model.Encoder.RegionEmbedding(pooled.to(model.Dtype)));
        Tensor texts = names.Background is null ? names.Texts : cat([names.Background.unsqueeze(0), names.Texts], 0);
        Tensor scores = (embedded.matmul(texts.to(float32).t()) / config.Fusion.Temperature).softmax(1);
        return names.Background is null ? cat([zeros([regions.Count, 1], device: scores.device), scores], 1) : scores;
    }

    /// <summary>Boxes refined, suppressed class by class, the best of all classes.</summary>
    public static DetectedObject[] Detections(Tensor scores, Tensor codes, IReadOnlyList<Proposal> proposals, long width, long height, DetectionConfig config)
    {
        int classes = (int)scores.shape[1];
        float[] score = scores.cpu().contiguous().data<float>().ToArray();
        float[] code = codes.cpu().contiguous().data<float>().ToArray();
        ImageBox[] boxes = [.. proposals.Select((p, i) => BoxCoding.Decode(code.AsSpan(4 * i, 4), p.Box).Clipped(width, height))];
        double[] objectness = [.. proposals.Select(p => Math.Pow(p.Objectness, config.Fusion.ObjectnessPower))];
        List<DetectedObject> all = [];
        for (int c = 1; c < classes; c++)
        {
            DetectedObject[] likely =
            [
                .. boxes.Select((box, i) => new DetectedObject(box, c - 1, (float)(score[(i * classes) + c] * objectness[i])))
                    .Where(d => d.Score >= config.LeastScore && d.Box.Area > 0),
            ];
            all.AddRange(Suppression.Keep([.. likely.Select(d => d.Box)], [.. likely.Select(d => d.Score)], config.DetectionOverlap, config.Detections).Select(i => likely[i]));
        }
        return [.. all.OrderByDescending(d => d.Score).Take(config.Detections)];
    }
}
