using MammutScale.DataLoader.Subsets;
using MammutScale.Storage.Cache;

namespace MammutScale.DataLoader.Indexing.Building;

/// <summary>How an index is built.</summary>
public sealed record IndexOptions
{
    public SubsetOptions Subset { get; init; } = SubsetOptions.Everything;

    /// <summary>Where the index goes and where a build that was interrupted is picked up; null keeps it in memory.</summary>
    public string? Output { get; init; }

    /// <summary>Files read at once.</summary>
    public int Parallel { get; init; } = Math.Max(4, Environment.ProcessorCount);

    /// <summary>Counts every condition in full, even in row groups that another one has ruled out.</summary>
    public bool ExactCounts { get; init; }

    /// <summary>How often finished files are put away, so that a killed build loses no more than this.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Put before remote stores, for what reads the same files soon after; null for none: footers are small, and read once.</summary>
    public DiskCache? Cache { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told after every file.</summary>
    public IProgress<IndexProgress>? Progress { get; init; }
}

/// <summary>How far a build is.</summary>
/// <param name="Done">Files done, reused ones included.</param>
/// <param name="Reused">Files taken from the last index or an interrupted build.</param>
public sealed record IndexProgress(int Done, int Reused, int Files, long Rows);
