using MammutScale.DataLoader.Columns;
using MammutScale.Storage.Cache;

namespace MammutScale.DataLoader.Inspection.Verifying;

/// <summary>How `data verify` works.</summary>
public sealed record VerifyOptions
{
    /// <summary>Columns, where names do not tell.</summary>
    public ColumnMapping? Mapping { get; init; }

    /// <summary>Row groups checked at once.</summary>
    public int Parallel { get; init; } = Environment.ProcessorCount;

    /// <summary>Put before remote stores; null for none.</summary>
    public DiskCache? Cache { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told after every row group.</summary>
    public IProgress<VerifyProgress>? Progress { get; init; }

    /// <summary>Makes a check of media for one thread; null for the one that fits: pictures are decoded, clips too.</summary>
    public Func<DataKind, IMediaCheck>? Checks { get; init; }
}

/// <summary>Finds out whether media can be decoded. Used by one thread at a time.</summary>
public interface IMediaCheck : IDisposable
{
    /// <summary>Why it cannot; null for good media.</summary>
    string? Fault(ReadOnlyMemory<byte> media);
}
