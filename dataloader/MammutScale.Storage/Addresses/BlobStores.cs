using MammutScale.Storage.Local;

namespace MammutScale.Storage;

/// <summary>Opens a store by the address a person gives.</summary>
public static class BlobStores
{
    /// <param name="address">A folder (which need not exist yet), <c>file://…</c>, or <c>az://container/prefix</c>.</param>
    /// <exception cref="StorageException">The address is none of these.</exception>
    public static IBlobStore Open(string address, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        time ??= TimeProvider.System;
        if (string.IsNullOrWhiteSpace(address)) throw new StorageException(StorageFault.Invalid, "An empty address names no store: give a folder or az://container/prefix.");
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0) return new LocalBlobStore(address, time);
        return address[..scheme] switch
        {
            "file" => new LocalBlobStore(new Uri(address).LocalPath, time),
            var other => throw new StorageException(StorageFault.Invalid, $"'{address}': no store is known for {other}://. Known are folders and az://container/prefix."),
        };
    }
}
