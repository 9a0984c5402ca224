using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Decoding.Views;
using MammutScale.DataLoader.Indexing;
using MammutScale.DataLoader.Indexing.Building;
using MammutScale.DataLoader.Pipeline;
using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Subsets;
using MammutScale.DataLoader.Text;
using MammutScale.DataLoader.Video;
using MammutScale.DataLoader.Video.Sampling;
using MammutScale.Model;
using MammutScale.Storage.Cache;
using MammutScale.Training.Configuration;
using MammutScale.Training.Runs;

namespace MammutScale.Training.Data;

/// <summary>
/// The data of a run file, opened: indexes, plan, tokenizer, evaluation sets. Every worker opens it by itself and gets the
/// same plan. Dispose it after every stream that it gave.
/// </summary>
public sealed class RunData : IDisposable
{
    private readonly RunFile _file;
    private readonly IReadOnlyList<LoaderSource> _sources;
    private readonly IReadOnlyList<(string Name, LoaderSource Source)> _evaluations;
    private readonly DiskCache? _cache;
    private readonly TimeProvider _time;

    private RunData(RunFile file, ITextTokenizer tokenizer, DataPlan plan, IReadOnlyList<LoaderSource> sources, IReadOnlyList<(string Name, LoaderSource Source)> evaluations, DiskCache? cache, TimeProvider time)
    {
        (_file, Tokenizer, Plan, _sources, _evaluations, _cache, _time) = (file, tokenizer, plan, sources, evaluations, cache, time);
        Config = ModelShape.Resolve(file, tokenizer.VocabularySize);
    }

    public ITextTokenizer Tokenizer { get; }

    /// <summary>Which rows make up every global batch.</summary>
    public DataPlan Plan { get; }

    /// <summary>The model, its vocabulary that of the tokenizer.</summary>
    public MammutConfig Config { get; }

    /// <summary>Optimizer steps of the whole run.</summary>
    public long TotalSteps => _file.TotalSteps(Plan.Sources.Sum(source => source.Samples));

    /// <summary>Names the order of the data: a checkpoint of another one is refused.</summary>
    public string Fingerprint => string.Join('+', Plan.Sources.Select(s => $"{s.Name}:{s.Fingerprint}"));

    /// <summary>Opens everything the run file names.</summary>
    /// <exception cref="Binding.RunSpecException">The model does not fit.</exception>
    /// <exception cref="DataLoader.DataFormatException">A file or its columns cannot be used.</exception>
    /// <exception cref="IndexException">Files cannot be read.</exception>
    /// <exception cref="Storage.StorageException">The disk cache cannot be used.</exception>
    /// <exception cref="DataPlanException">The order asked for cannot be met.</exception>
    public static async Task<RunData> OpenAsync(RunFile file, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        time ??= TimeProvider.System;
        var tokenizer = TokenizerCatalog.Open(file.Data.Tokenizer);
        List<LoaderSource> sources = [];
        List<(string, LoaderSource)> evaluations = [];
        // the run file's cache, else the node's
        var cache = file.Data.Cache.Open(time) ?? DiskCache.FromEnvironment(time);
        try
        {
            // a single source has no weight to give; among several the run file's weights hold
            foreach (var source in file.Data.Train) sources.Add(await OpenAsync(source, file.Data.Train.Count > 1 ? source.Weight : null, cache, time, cancellation).ConfigureAwait(false));
            foreach (var set in file.Data.Eval) evaluations.Add((set.ShownName(), await OpenAsync(set, null, cache, time, cancellation).ConfigureAwait(false)));
            ClipCheck.ThrowIfUnfit(file, [.. sources.Concat(evaluations.Select(e => e.Item2))]);
            var plan = new DataPlan(PlanOptions(file), [.. sources.Select(s => s.Plan)]);
            return new RunData(file, tokenizer, plan, sources, evaluations, cache, time);
        }
        catch
        {
            foreach (var source in sources) source.Dispose();
            foreach (var (_, source) in evaluations) source.Dispose();
            cache?.Dispose();
            throw;
        }
    }

    /// <summary>The batches of a rank's lanes from a step on, decoded ahead of the training thread.</summary>
    /// <param name="quarantine">Bad rows are appended to this file; null for none.</param>
    public RankLoader OpenBatches(LaneRange lanes, long startStep, string? quarantine = null)
    {
        // a run that may go back and leave batches out goes on beyond the last planned one
        long? end = _file.Guard.RewindAfter > 0 ? null : TotalSteps;
        return new(Plan, _sources, lanes, startStep, Options(TrainingPicture(), jitter: true) with { QuarantinePath = quarantine, EndStep = end }, _time);
    }

    /// <summary>Source, file and place of a row of the training data.</summary>
    public string NameOf(SampleId row) => $"{_sources[row.Source].Plan.Name}: {_sources[row.Source].NameOf(row)}";

    /// <summary>The evaluation sets, for <see cref="GenerationSetup.Evaluations"/>.</summary>
    public IReadOnlyList<EvaluationInput> Evaluations() =>
        [.. _evaluations.Select(e => new EvaluationInput(e.Name, () => new EvaluationSet(e.Source, Options(EvaluationPicture(), jitter: false), _file.Eval.Batch).Read()))];

    public void Dispose()
    {
        foreach (var source in _sources) source.Dispose();
        foreach (var (_, source) in _evaluations) source.Dispose();
        _cache?.Dispose();
    }

    private static async Task<LoaderSource> OpenAsync(SourceSection source, double? weight, DiskCache? cache, TimeProvider time, CancellationToken cancellation)
    {
        var subset = new SubsetOptions { Where = source.Where.Length > 0 ? source.Where : null, Only = source.Only.Length > 0 ? source.Only : null };
        var index = await IndexBuilder.BuildAsync([source.Path], new IndexOptions { Subset = subset, Cache = cache, Time = time }, cancellation).ConfigureAwait(false);
        var mapping = ColumnMapping.Parse(source.Columns.Select(c => $"{c.Key}={c.Value}"));
        return await LoaderSource.OpenAsync(source.ShownName(), index, mapping, weight, cache, time, cancellation).ConfigureAwait(false);
    }

    private static PlanOptions PlanOptions(RunFile file) => new()
    {
        GlobalBatch = file.Train.GlobalBatch,
        Lanes = file.Data.Lanes,
        Seed = (ulong)file.Seed,
        ShuffleRows = file.Data.ShuffleRows,
        Temperature = file.Data.Temperature,
    };

    private LoaderOptions Options(PictureOptions picture, bool jitter) => new()
    {
        Picture = picture,
        Clip = Clips(jitter),
        Tokenizer = Tokenizer,
        ContextLength = Config.Text.ContextLength,
        Captions = new CaptionOptions { DrawCaption = _file.Data.Text.Captions == CaptionChoice.Random, Lowercase = _file.Data.Text.Lowercase },
        DecodeThreads = _file.Data.DecodeThreads,
        Prefetch = _file.Data.Prefetch,
        MaxBadShare = _file.Data.MaxBadShare,
    };

    /// <summary>Null for a run without clips.</summary>
    private ClipOptions? Clips(bool jitter)
    {
        if (!_sources.Concat(_evaluations.Select(e => e.Source)).Any(source => source.Roles.IsVideo)) return null;
        var video = _file.Data.Video;
        FramePolicy policy = video.Sampling == FrameSampling.Spread ? new SpreadFrames { Jitter = jitter } : new WindowFrames { Jitter = jitter, Stride = video.Stride };
        return new ClipOptions { Frames = video.Frames, Sampling = policy };
    }

    private PictureOptions TrainingPicture()
    {
        var image = _file.Data.Image;
        double jitter = image.ColorJitter;
        return EvaluationPicture() with
        {
            View = TrainingView.Of(image.Scale[0], image.Scale[1], image.Ratio[0], image.Ratio[1], image.Flip),
            Colour = jitter > 0 ? new ColourJitter { Brightness = jitter, Contrast = jitter, Saturation = jitter } : null,
        };
    }

    private PictureOptions EvaluationPicture()
    {
        var image = _file.Data.Image;
        float Of(IReadOnlyList<double> values, int channel) => (float)values[channel];
        byte grey = (byte)image.Background;
        return new PictureOptions
        {
            Size = Config.Vision.ImageSize,
            View = new CentreCrop(),
            Background = new Rgb(grey, grey, grey),
            Normalisation = new Normalisation(Of(image.Mean, 0), Of(image.Mean, 1), Of(image.Mean, 2), Of(image.Std, 0), Of(image.Std, 1), Of(image.Std, 2)),
        };
    }
}
