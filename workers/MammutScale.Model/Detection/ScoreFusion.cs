using static TorchSharp.torch;

namespace MammutScale.Model.Detection;

/// <summary>
/// F-VLM's score: the detector's probability p and that of the pretrained encoder z are averaged geometrically,
/// p^(1−α) z^α for classes seen in training and p^(1−β) z^β for new ones.
/// </summary>
public sealed record ScoreFusion
{
    /// <summary>α: weight of the encoder for base classes; 0 = the detector alone.</summary>
    public double BaseWeight { get; init; } = 0.35;

    /// <summary>β: weight of the encoder for novel classes.</summary>
    public double NovelWeight { get; init; } = 0.65;

    /// <summary>The cosines between regions and class names are divided by it before the encoder's softmax.</summary>
    public double Temperature { get; init; } = 0.01;

    /// <summary>Scores are multiplied by the proposal's objectness to this power (DITO: 3); 0 = not.</summary>
    public double ObjectnessPower { get; init; }

    /// <summary>Fuses and renormalises; background, column 0, is the detector's.</summary>
    /// <param name="detector">p, [K, 1 + C].</param>
    /// <param name="encoder">z, [K, 1 + C].</param>
    /// <param name="novel">For each class whether training did not know it, C.</param>
    /// <returns>[K, 1 + C], rows add up to 1.</returns>
    public Tensor Apply(Tensor detector, Tensor encoder, IReadOnlyList<bool> novel)
    {
        Tensor share = tensor(novel.Select(n => (float)(n ? NovelWeight : BaseWeight)).Prepend(0).ToArray(), device: detector.device);
        Tensor fused = detector.pow(1 - share) * encoder.pow(share);
        return fused / fused.sum(1, keepdim: true);
    }
}
