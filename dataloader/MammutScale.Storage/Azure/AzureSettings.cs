using Azure.Core;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;

namespace MammutScale.Storage.Azure;

/// <summary>Where the account is and how to prove who we are; from the environment, by the names that Azure's own tools use.</summary>
internal static class AzureSettings
{
    private const string ConnectionString = "AZURE_STORAGE_CONNECTION_STRING";
    private const string Account = "AZURE_STORAGE_ACCOUNT";
    private const string SasToken = "AZURE_STORAGE_SAS_TOKEN";
    private const string Key = "AZURE_STORAGE_KEY";
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    /// <exception cref="StorageException">Nothing says where the account is, or what is said makes no sense.</exception>
    public static BlobServiceClient Connect(Func<string, string?> environment)
    {
        var options = new BlobClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = AnswerWithin } };
        try
        {
            if (Set(ConnectionString) is { } connection) return new BlobServiceClient(connection, options);
            var account = Set(Account) ?? throw new StorageException(StorageFault.Invalid,
                $"az:// needs to know the storage account: set {ConnectionString}, or {Account} (with {SasToken} or {Key}, or nothing for managed identity).");
            var endpoint = account.Contains("://", StringComparison.Ordinal) ? new Uri(account) : new Uri($"https://{account}.blob.core.windows.net");
            if (Set(SasToken) is { } sas) return new BlobServiceClient(new UriBuilder(endpoint) { Query = sas.TrimStart('?') }.Uri, options);
            if (Set(Key) is { } key) return new BlobServiceClient(endpoint, new StorageSharedKeyCredential(endpoint.Host.Split('.')[0], key), options);
            return new BlobServiceClient(endpoint, (TokenCredential)new DefaultAzureCredential(), options);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or UriFormatException)
        {
            throw new StorageException(StorageFault.Invalid, $"The Azure settings in the environment make no sense: {e.Message}", e);
        }

        string? Set(string name) => environment(name) is { Length: > 0 } value ? value : null;
    }
}
