namespace MammutScale.Model.Detection;

/// <summary>The detector's shape and settings. Defaults follow ViTDet, F-VLM and DITO.</summary>
public sealed record DetectionConfig
{
    /// <summary>Whether gradients reach the image encoder.</summary>
    public bool TuneEncoder { get; init; }

    /// <summary>
    /// Side of the windows, in patches, that the encoder's blocks attend in, all but four that are spaced evenly and attend
    /// globally (ViTDet: 14, for large pictures and a tuned encoder); 0 = all globally, as in pre-training.
    /// </summary>
    public int Window { get; init; }

    /// <summary>Channels of every pyramid level.</summary>
    public int Channels { get; init; } = 256;

    /// <summary>Levels of the pyramid, finest first, as multiples of the encoder's resolution: of 4, 2, 1 and ½.</summary>
    public IReadOnlyList<double> Scales { get; init; } = [4, 2, 1, 0.5];

    /// <summary>Side of the grid that a region is pooled to.</summary>
    public int RoiSize { get; init; } = 7;

    /// <summary>Hidden width of the box head.</summary>
    public int HeadWidth { get; init; } = 1024;

    /// <summary>Proposals kept of each level before suppression, and of each picture after it.</summary>
    public int ProposalsPerLevel { get; init; } = 1000;

    public int Proposals { get; init; } = 1000;

    /// <summary>Proposals that overlap more are suppressed.</summary>
    public float ProposalOverlap { get; init; } = 0.7f;

    /// <summary>From this overlap on a region shows an object.</summary>
    public float MatchOverlap { get; init; } = 0.5f;

    /// <summary>Regions of each picture that the box head is trained on, and how many of them may show objects.</summary>
    public int SampledRegions { get; init; } = 512;

    public double ForegroundShare { get; init; } = 0.25;

    /// <summary>Weight of background regions in the classification loss.</summary>
    public double BackgroundWeight { get; init; } = 0.9;

    /// <summary>Detections of a class that overlap more are suppressed.</summary>
    public float DetectionOverlap { get; init; } = 0.5f;

    /// <summary>Detections of a picture.</summary>
    public int Detections { get; init; } = 300;

    /// <summary>Smaller scores are no detections.</summary>
    public float LeastScore { get; init; } = 1e-4f;

    public ScoreFusion Fusion { get; init; } = new();
}
