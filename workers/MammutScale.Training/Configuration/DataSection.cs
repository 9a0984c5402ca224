using MammutScale.Training.Binding;

namespace MammutScale.Training.Configuration;

public sealed record DataSection
{
    [Mandatory("name at least one source, e.g. train: [{path: my-data}]")]
    public IReadOnlyList<SourceSection> Train { get; init; } = [];

    /// <summary>Sets on which the run is judged; pictures and captions of one set are each other's candidates.</summary>
    public IReadOnlyList<SourceSection> Eval { get; init; } = [];

    /// <summary>A vocabulary file, or cl100k_base, or o200k_base.</summary>
    public string Tokenizer { get; init; } = "cl100k_base";

    public ImageSection Image { get; init; } = new();

    public TextSection Text { get; init; } = new();

    public VideoSection Video { get; init; } = new();

    /// <summary>A cache of remote data on the disk of each node, shared by its workers.</summary>
    public CacheSection Cache { get; init; } = new();

    /// <summary>Canonical lanes L: fixed for the run, an upper bound of the number of workers; divides the global batch.</summary>
    [AtLeast(1)] public int Lanes { get; init; } = 16;

    /// <summary>Rows that are shuffled together, about: a worker holds so many encoded samples for every lane it reads.</summary>
    [AtLeast(1)] public int ShuffleRows { get; init; } = 1024;

    /// <summary>Temperature of the mixture: shares are proportional to weight^(1/temperature). 1 keeps the weights, larger evens them out.</summary>
    [MoreThan(0)] public double Temperature { get; init; } = 1;

    /// <summary>Batches decoded ahead of the training thread.</summary>
    [AtLeast(1)] public int Prefetch { get; init; } = 3;

    /// <summary>Decoding threads of a worker; 0 chooses by the machine.</summary>
    [AtLeast(0)] public int DecodeThreads { get; init; }

    /// <summary>The share of bad rows above which the run stops.</summary>
    [Between(0, 1)] public double MaxBadShare { get; init; } = 0.05;

    internal DataSection WithAbsolutePaths(string folder) => this with
    {
        Train = [.. Train.Select(s => s.WithAbsolutePaths(folder))],
        Eval = [.. Eval.Select(s => s.WithAbsolutePaths(folder))],
        Cache = Cache with { Path = PathRule.Absolute(Cache.Path, folder) },
        Tokenizer = File.Exists(Path.GetFullPath(Tokenizer, folder)) ? PathRule.Absolute(Tokenizer, folder) : Tokenizer,
    };
}

/// <summary>One set of Parquet files. A plain text is its path.</summary>
[ScalarForm("path")]
public sealed record SourceSection
{
    /// <summary>Shown name; by default the last part of the path.</summary>
    public string Name { get; init; } = "";

    /// <summary>A folder, a file, a glob or az://….</summary>
    [Mandatory("give a folder, a file, a glob or az://…")]
    public string Path { get; init; } = "";

    /// <summary>Share of the batch against the other sources.</summary>
    [MoreThan(0)] public double Weight { get; init; } = 1;

    /// <summary>Role to column, where the names do not tell.</summary>
    [Keys("key", "media", "caption", "question", "answers", "boxes", "labels", "box_format")]
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>A predicate on columns, e.g. "width &gt;= 64 and similarity &gt; 0.3".</summary>
    public string Where { get; init; } = "";

    /// <summary>A file with the keys to use, one a line.</summary>
    public string Only { get; init; } = "";

    /// <summary><see cref="Name"/>, or the last part of the path.</summary>
    public string ShownName() => Name.Length > 0 ? Name : System.IO.Path.GetFileName(Path.TrimEnd('/'));

    internal SourceSection WithAbsolutePaths(string folder) =>
        this with { Path = PathRule.Absolute(Path, folder), Only = PathRule.Absolute(Only, folder) };
}

/// <summary>From an encoded picture to the tensor. The size is the model's.</summary>
public sealed record ImageSection
{
    /// <summary>Area of the random crop as a share of the picture; above 1 the picture is placed on a larger canvas. [1, 1] takes it whole.</summary>
    [Elements(2), MoreThan(0)] public IReadOnlyList<double> Scale { get; init; } = [0.9, 1.0];

    /// <summary>Width over height of the random crop.</summary>
    [Elements(2), MoreThan(0)] public IReadOnlyList<double> Ratio { get; init; } = [1.0, 1.0];

    /// <summary>Mirror half of the pictures. Off where left and right mean something.</summary>
    public bool Flip { get; init; }

    /// <summary>Strength of random brightness, contrast and saturation; 0 is off.</summary>
    [Between(0, 1)] public double ColorJitter { get; init; }

    /// <summary>Grey level behind transparent pixels and outside of the picture.</summary>
    [Between(0, 255)] public int Background { get; init; } = 255;

    [Elements(3)] public IReadOnlyList<double> Mean { get; init; } = [0.48145466, 0.4578275, 0.40821073];

    [Elements(3), MoreThan(0)] public IReadOnlyList<double> Std { get; init; } = [0.26862954, 0.26130258, 0.27577711];
}

public sealed record TextSection
{
    /// <summary>Which of a row's captions is used when it has several.</summary>
    public CaptionChoice Captions { get; init; } = CaptionChoice.Random;

    public bool Lowercase { get; init; }
}

public enum CaptionChoice
{
    Random,
    First,
}

/// <summary>Which frames of a clip make a sample; what they show is a matter of <see cref="ImageSection"/>.</summary>
public sealed record VideoSection
{
    /// <summary>Frames of a sample, whatever the clip's length.</summary>
    [AtLeast(1)] public int Frames { get; init; } = 16;

    /// <summary>Where they are taken: at random for training, in the middle for evaluation.</summary>
    public FrameSampling Sampling { get; init; } = FrameSampling.Spread;

    /// <summary>Frames of the file from one that is taken to the next; for sampling: window.</summary>
    [AtLeast(1)] public int Stride { get; init; } = 2;
}

public enum FrameSampling
{
    /// <summary>One of each of as many equal parts of the clip.</summary>
    Spread,

    /// <summary>Every stride-th of a window.</summary>
    Window,
}
