namespace MammutScale.Storage;

/// <summary>A blob read whole, with the version that the bytes belong to.</summary>
public sealed record BlobContent(byte[] Bytes, BlobInfo Blob)
{
    private const int Attempts = 5;

    /// <summary>Reads through <see cref="IBlobStore.OpenAsync"/>; null when there is no such blob.</summary>
    internal static async ValueTask<BlobContent?> TryReadAsync(IBlobStore store, string key, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var reader = await store.OpenAsync(key, cancellation);
                var bytes = new byte[CheckedLength(reader.Blob.Length, store, key)];
                await reader.ReadAsync(0, bytes, cancellation);
                return new BlobContent(bytes, reader.Blob);
            }
            catch (StorageException e) when (e.Fault == StorageFault.NotFound)
            {
                return null;
            }
            catch (StorageException e) when (e.Fault == StorageFault.Changed && attempt < Attempts)
            {
                // somebody published a newer version between our two requests: that one is as good
            }
        }
    }

    internal static int CheckedLength(long length, IBlobStore store, string key) => length <= Array.MaxLength ? (int)length
        : throw new StorageException(StorageFault.Invalid, $"'{key}' in {store.Address} has {length} bytes: too large to be read whole.");
}
