using MammutScale.Collectives;
using MammutScale.DataLoader.Pipeline;
using MammutScale.DataLoader.Planning;
using MammutScale.Storage;
using MammutScale.Training.Events;

namespace MammutScale.Training.Runs;

/// <summary>What one generation of a run consists of for one rank.</summary>
public sealed record GenerationSetup
{
    /// <summary>The ranks; the caller disposes it.</summary>
    public required ICollectives Group { get; init; }

    /// <summary>Where checkpoints are.</summary>
    public required IBlobStore Store { get; init; }

    /// <summary>This rank's batches from the given one on; called again after a rewind never, since batches only go forward.</summary>
    public required Func<long, IBatchStream> OpenBatches { get; init; }

    /// <summary>Optimizer steps of the whole run.</summary>
    public required long TotalSteps { get; init; }

    /// <summary>Fingerprint of the data set; a checkpoint of another one is refused.</summary>
    public string DataFingerprint { get; init; } = "";

    /// <summary>A row in words, so that a person finds it.</summary>
    public Func<SampleId, string> NameOf { get; init; } = row => $"source {row.Source}, row group {row.RowGroup}, row {row.Row}";

    /// <summary>Sets for retrieval, in a fixed order. Rows with equal sample ids are one picture with several captions.</summary>
    public IReadOnlyList<EvaluationInput> Evaluations { get; init; } = [];

    public required IRunObserver Observer { get; init; }

    /// <summary>Asked between steps; must be quick.</summary>
    public Func<StepDirective> Directive { get; init; } = () => StepDirective.Continue;

    /// <summary>A checkpoint under way is waited for this long when another generation is being formed; then it is given up.</summary>
    public TimeSpan RegroupPatience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Where a profile (log.profile_steps) goes; rank 0 writes it.</summary>
    public string? ProfilePath { get; init; }
}

/// <summary>A named set of picture-caption rows; opened for every evaluation anew, by rank 0 only.</summary>
public sealed record EvaluationInput(string Name, Func<IEnumerable<Batch>> Open);
