using MammutScale.Training.Binding;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MammutScale.Training.Configuration;

/// <summary>Everything that a run is made of, as read from its YAML file. <see cref="ToYaml"/> gives the resolved file, every key spelt out.</summary>
public sealed record RunFile
{
    /// <summary>Name of the run, a folder name in its store.</summary>
    [Mandatory("give the run a name, e.g. name: first-run")]
    public string Name { get; init; } = "";

    /// <summary>Decides initial weights, sample order, augmentation and dropped positions.</summary>
    [AtLeast(0)]
    public long Seed { get; init; } = 1;

    public ModelSection Model { get; init; } = new();

    [Mandatory("say what to train on, e.g. data: {train: [{path: my-data}]}")]
    public DataSection Data { get; init; } = new();

    public OptimSection Optim { get; init; } = new();

    [Mandatory("say how long to train, e.g. train: {global_batch: 128, steps: 1000}")]
    public TrainSection Train { get; init; } = new();

    public LossSection Loss { get; init; } = new();

    public ElasticSection Elastic { get; init; } = new();

    public CollectivesSection Collectives { get; init; } = new();

    public CheckpointSection Checkpoint { get; init; } = new();

    public EvalSection Eval { get; init; } = new();

    public GuardSection Guard { get; init; } = new();

    public LogSection Log { get; init; } = new();

    /// <summary>Reads a run file; <paramref name="overrides"/> are "a.b=value" and win over the text.</summary>
    /// <exception cref="RunSpecException">With every error that there is.</exception>
    public static RunFile Parse(string text, IEnumerable<string>? overrides = null)
    {
        YamlNode root;
        try
        {
            root = YamlText.Parse(text);
        }
        catch (YamlException e)
        {
            throw new RunSpecException([$"line {e.Start.Line}, column {e.Start.Column}: this is not YAML ({e.Message})"]);
        }

        if (root is not YamlMappingNode map) throw new RunSpecException(["the text must be a section of keys, beginning with name: …"]);
        List<string> errors = [.. (overrides ?? []).Select(o => Overrides.Apply(map, typeof(RunFile), o)).OfType<string>()];
        var reader = new SectionReader();
        var file = reader.Read<RunFile>(map);
        errors.AddRange(reader.Errors);
        errors.AddRange(CrossFieldRules.Check(file, [.. errors]));
        if (file.Model is { Preset: null, InitFrom: null }) file = file with { Model = file.Model with { Preset = ModelShape.DefaultPreset } };
        return errors.Count == 0 ? file : throw new RunSpecException(errors);
    }

    /// <summary>Reads the run file at <paramref name="path"/>.</summary>
    /// <exception cref="RunSpecException">The file is not there or has errors.</exception>
    public static RunFile Load(string path, IEnumerable<string>? overrides = null)
    {
        if (!File.Exists(path)) throw new RunSpecException([$"there is no file {path}; give the path of a YAML run file"]);
        return Parse(File.ReadAllText(path), overrides);
    }

    /// <summary>The resolved run file: <see cref="Parse"/> of it gives an equal run.</summary>
    public string ToYaml() => YamlText.Write(SectionWriter.Write(this));

    /// <summary>Paths of data, tokenizer and store made absolute, so that processes elsewhere on the machine mean the same files.</summary>
    public RunFile WithAbsolutePaths(string folder) => this with
    {
        Model = Model.InitFrom is { } weights ? Model with { InitFrom = PathRule.Absolute(weights, folder) } : Model,
        Data = Data.WithAbsolutePaths(folder),
        Checkpoint = Checkpoint with { Store = PathRule.Absolute(Checkpoint.Store, folder) },
    };

    /// <summary>Optimizer steps of the whole run, given the samples of one epoch.</summary>
    public long TotalSteps(long samplesAnEpoch) =>
        Train.Steps ?? Math.Max(1, (long)Math.Floor(Train.Epochs!.Value * samplesAnEpoch / Train.GlobalBatch));
}
