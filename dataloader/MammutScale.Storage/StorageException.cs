namespace MammutScale.Storage;

/// <summary>Why a store could not do what it was asked.</summary>
public enum StorageFault
{
    /// <summary>No blob (or container) of that name.</summary>
    NotFound,

    /// <summary>A create-only or if-match condition did not hold; nothing was written or deleted.</summary>
    ConditionFailed,

    /// <summary>The blob was replaced while it was being read.</summary>
    Changed,

    /// <summary>The place refuses: permissions, credentials, a read-only file system.</summary>
    Denied,

    /// <summary>No space left, or a quota was met.</summary>
    Full,

    /// <summary>The place did not answer, or kept failing after all retries.</summary>
    Unavailable,

    /// <summary>The address, key or setting makes no sense.</summary>
    Invalid,
}

/// <summary>The one exception of this project: names the place, says what happened and what to do.</summary>
public sealed class StorageException(StorageFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public StorageFault Fault { get; } = fault;
}
