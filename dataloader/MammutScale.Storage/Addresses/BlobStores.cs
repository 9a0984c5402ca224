using MammutScale.Storage.Azure;
using MammutScale.Storage.Local;
using MammutScale.Storage.Retries;

namespace MammutScale.Storage;

/// <summary>Opens a store by the address a person gives.</summary>
public static class BlobStores
{
    private const string Remote = "az";

    /// <param name="address">A folder (which need not exist yet), <c>file://…</c>, or <c>az://container/prefix</c>.</param>
    /// <param name="time">For waits between retries.</param>
    /// <param name="environment">
    /// Where the account's settings are looked up; the process's environment by default: AZURE_STORAGE_CONNECTION_STRING, or
    /// AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_KEY or (neither) managed identity.
    /// </param>
    /// <exception cref="StorageException">The address is none of these, or a setting is missing.</exception>
    public static IBlobStore Open(string address, TimeProvider? time = null, Func<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        time ??= TimeProvider.System;
        if (string.IsNullOrWhiteSpace(address)) throw new StorageException(StorageFault.Invalid, "An empty address names no store: give a folder or az://container/prefix.");
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0) return new LocalBlobStore(address, time);
        return address[..scheme] switch
        {
            "file" => new LocalBlobStore(new Uri(address).LocalPath, time),
            Remote => OpenAzure(address, address[(scheme + 3)..], time, environment ?? Environment.GetEnvironmentVariable),
            var other => throw new StorageException(StorageFault.Invalid, $"'{address}': no store is known for {other}://. Known are folders and az://container/prefix."),
        };
    }

    private static AzureBlobStore OpenAzure(string address, string path, TimeProvider time, Func<string, string?> environment)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var (container, prefix) = slash < 0 ? (path, "") : (path[..slash], path[(slash + 1)..].TrimEnd('/'));
        if (container.Length == 0) throw new StorageException(StorageFault.Invalid, $"'{address}' names no container: write az://container/prefix.");
        return new AzureBlobStore(AzureSettings.Connect(environment), container, prefix, Backoff.Default(time));
    }
}
