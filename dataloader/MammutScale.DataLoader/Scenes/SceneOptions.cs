namespace MammutScale.DataLoader.Scenes;

/// <summary>How many scenes of each kind, and how they look. The same options and samples give the same scenes.</summary>
public sealed record SceneOptions
{
    public ulong Seed { get; init; } = 1;

    /// <summary>Pictures for training.</summary>
    public int TrainScenes { get; init; } = 2000;

    /// <summary>Pictures of known classes for evaluation; as many again with classes that training never shows.</summary>
    public int EvalScenes { get; init; } = 300;

    /// <summary>Clips for training.</summary>
    public int TrainClips { get; init; } = 400;

    /// <summary>Clips of known classes for evaluation; as many again with classes that training never shows.</summary>
    public int EvalClips { get; init; } = 80;

    /// <summary>Side of a picture in pixels.</summary>
    public int PictureSize { get; init; } = 128;

    /// <summary>Side of a clip in pixels; even.</summary>
    public int ClipSize { get; init; } = 96;

    /// <summary>Frames of a clip, at eight a second.</summary>
    public int ClipFrames { get; init; } = 16;

    /// <summary>How many classes of objects there are, held-out ones included; 0 takes all. Few are soon learnt.</summary>
    public int Classes { get; init; }

    /// <summary>The share of classes that only the novel evaluation split shows.</summary>
    public double HeldOut { get; init; } = 0.2;
}
