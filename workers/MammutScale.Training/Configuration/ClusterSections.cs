using MammutScale.Training.Binding;

namespace MammutScale.Training.Configuration;

public sealed record ElasticSection
{
    /// <summary>Below this number of workers the run waits.</summary>
    [AtLeast(1)] public int MinWorkers { get; init; } = 1;

    [AtLeast(1)] public int MaxWorkers { get; init; } = 64;
}

public sealed record CheckpointSection
{
    /// <summary>A checkpoint after every so many steps; 0 is off.</summary>
    [AtLeast(0)] public long EverySteps { get; init; } = 1000;

    /// <summary>A checkpoint when so much time has gone by since the last; 0 is off.</summary>
    [AtLeast(0)] public double EveryMinutes { get; init; }

    /// <summary>How many of the newest good ones stay.</summary>
    [AtLeast(1)] public int KeepLast { get; init; } = 3;

    /// <summary>Every checkpoint at a multiple of this step stays for good; 0 keeps none.</summary>
    [AtLeast(0)] public long KeepEvery { get; init; }

    /// <summary>Every worker reads back what it has written, behind training, and compares hashes; only then is the checkpoint committed.</summary>
    public bool Verify { get; init; } = true;

    /// <summary>A folder or az://… under which runs/&lt;name&gt;/ is written; empty: where the cluster keeps its state.</summary>
    public string Store { get; init; } = "";
}

public sealed record EvalSection
{
    /// <summary>Evaluation after every so many steps; 0 only at the end.</summary>
    [AtLeast(0)] public long EverySteps { get; init; }

    public IReadOnlyList<EvalTask> Tasks { get; init; } = [EvalTask.Retrieval];

    /// <summary>Pictures encoded at one time.</summary>
    [AtLeast(1)] public int Batch { get; init; } = 64;
}

public enum EvalTask
{
    Retrieval,
}

/// <summary>What stops or mends a run that goes wrong.</summary>
public sealed record GuardSection
{
    /// <summary>Steps in a row whose update may be skipped because a loss or gradient is not finite.</summary>
    [AtLeast(0)] public int MaxSkipped { get; init; } = 10;

    /// <summary>A loss above its recent mean by so many standard deviations is a spike; 0 does not look.</summary>
    [AtLeast(0)] public double SpikeDeviations { get; init; } = 6;

    /// <summary>Steps that make up "recent".</summary>
    [AtLeast(8)] public int SpikeWindow { get; init; } = 64;

    /// <summary>Spikes in a row that make the run go back to its last checkpoint and leave those batches out; 0 never does.</summary>
    [AtLeast(0)] public int RewindAfter { get; init; }

    /// <summary>Workers compare a hash of their weights every so many steps; 0 never does.</summary>
    [AtLeast(0)] public long HashEvery { get; init; } = 200;
}

public sealed record LogSection
{
    /// <summary>A line in the worker's log every so many steps.</summary>
    [AtLeast(1)] public long EverySteps { get; init; } = 10;

    /// <summary>The first so many steps are written as a Chrome trace; 0 none.</summary>
    [AtLeast(0)] public int ProfileSteps { get; init; }
}
