using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Subsets;
using MammutScale.Storage.Cache;

namespace MammutScale.DataLoader.Inspection;

/// <summary>What `data inspect` looks at.</summary>
public sealed record InspectOptions
{
    /// <summary>Columns, where names do not tell.</summary>
    public ColumnMapping? Mapping { get; init; }

    /// <summary>Conditions to count.</summary>
    public SubsetOptions Subset { get; init; } = SubsetOptions.Everything;

    /// <summary>Rows to show.</summary>
    public int Samples { get; init; } = 12;

    /// <summary>Rows whose captions are measured, about; spread over the whole data set.</summary>
    public int CaptionRows { get; init; } = 20_000;

    /// <summary>Files read at once.</summary>
    public int Parallel { get; init; } = Math.Max(4, Environment.ProcessorCount);

    /// <summary>Put before remote stores; null for none.</summary>
    public DiskCache? Cache { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
