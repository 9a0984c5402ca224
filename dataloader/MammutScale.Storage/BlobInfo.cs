namespace MammutScale.Storage;

/// <summary>What a store knows about a blob without reading it.</summary>
/// <param name="Key">Path inside the store, with forward slashes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="ETag">Opaque; another value means other content. Compare for equality only.</param>
/// <param name="Modified">When the content was last published.</param>
public sealed record BlobInfo(string Key, long Length, string ETag, DateTimeOffset Modified);
