using MammutScale.Storage.Cache;

namespace MammutScale.Training.Configuration;

/// <summary>A bounded disk cache before remote data. Without a path the node's MAMMUT_CACHE and MAMMUT_CACHE_SIZE hold.</summary>
public sealed record CacheSection
{
    /// <summary>A folder that only caches write to; empty for none.</summary>
    public string Path { get; init; } = "";

    /// <summary>The most that lies there, such as 200GB.</summary>
    public string Size { get; init; } = "100GB";

    /// <summary>Null without a path.</summary>
    /// <exception cref="Storage.StorageException">The folder cannot be used.</exception>
    internal DiskCache? Open(TimeProvider time) => Path.Length > 0 && ByteSize.TryParse(Size, out var bytes) ? new DiskCache(Path, bytes, time) : null;
}
