namespace MammutScale.Storage;

/// <summary>What must hold at the moment that a write or a delete takes effect; checked atomically with it.</summary>
public readonly record struct BlobCondition
{
    private BlobCondition(bool createOnly, string? etag) => (IsCreateOnly, ETag) = (createOnly, etag);

    /// <summary>Whatever is there is replaced.</summary>
    public static BlobCondition Always => default;

    /// <summary>Nothing may be there.</summary>
    public static BlobCondition CreateOnly => new(true, null);

    public bool IsCreateOnly { get; }

    /// <summary>The tag that the blob must still have, or null when it does not matter.</summary>
    public string? ETag { get; }

    /// <summary>The blob must be there and still carry <paramref name="etag"/>.</summary>
    public static BlobCondition IfMatch(string etag)
    {
        ArgumentException.ThrowIfNullOrEmpty(etag);
        return new(false, etag);
    }
}
