using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using MammutScale.Storage.Retries;

namespace MammutScale.Storage.Azure;

/// <summary>
/// A prefix of a container. Every request is tried again by <see cref="Backoff"/>; a write carries a mark of its own in the
/// blob's metadata, so that a commit whose answer was lost is recognised instead of reported as a conflict with itself.
/// </summary>
internal sealed class AzureBlobStore : IBlobStore
{
    private const string WriteMark = "mammut_write";
    private readonly BlobContainerClient _container;
    private readonly string _prefix;
    private readonly Backoff _backoff;

    public AzureBlobStore(BlobServiceClient service, string container, string prefix, Backoff backoff)
    {
        (_container, _backoff) = (service.GetBlobContainerClient(container), backoff);
        _prefix = prefix.Length == 0 ? "" : BlobKey.Checked(prefix) + "/";
        Address = $"az://{container}/{prefix}".TrimEnd('/');
    }

    public string Address { get; }

    public ValueTask<BlobInfo?> StatAsync(string key, CancellationToken cancellation = default) => Guard("look at", key, async name =>
    {
        var client = Client(key);
        try
        {
            var found = await Try(async (_, token) => (await client.GetPropertiesAsync(cancellationToken: token)).Value, cancellation);
            return new BlobInfo(key, found.ContentLength, found.ETag.ToString(), found.LastModified);
        }
        catch (Exception e) when (AzureErrors.IsMissing(e))
        {
            return (BlobInfo?)null;
        }
    });

    public async IAsyncEnumerable<BlobInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var options = new GetBlobsOptions { Prefix = _prefix + BlobKey.CheckedPrefix(prefix) };
        string? next = null;
        do
        {
            // one page a request, tried again from its own beginning: nothing comes twice or is left out
            var from = next;
            var page = await Guard("list", prefix, _ => Try(async (_, token) =>
            {
                await foreach (var found in _container.GetBlobsAsync(options, token).AsPages(from)) return found;
                return null;
            }, cancellation));
            if (page is null) yield break;
            foreach (var item in page.Values)
            {
                var properties = item.Properties;
                yield return new BlobInfo(item.Name[_prefix.Length..], properties.ContentLength ?? 0, properties.ETag?.ToString() ?? "", properties.LastModified ?? DateTimeOffset.UnixEpoch);
            }

            next = page.ContinuationToken;
        }
        while (!string.IsNullOrEmpty(next));
    }

    public async ValueTask<IBlobReader> OpenAsync(string key, CancellationToken cancellation = default)
    {
        var blob = await StatAsync(key, cancellation) ?? throw new StorageException(StorageFault.NotFound, $"Cannot open {NameOf(key)}: it does not exist.");
        return new AzureBlobReader(Client(key), blob, NameOf(key), _backoff);
    }

    /// <summary>One request: there is no moment between looking and reading.</summary>
    public ValueTask<BlobContent?> TryReadAllAsync(string key, CancellationToken cancellation = default) => Guard("read", key, async name =>
    {
        var client = Client(key);
        try
        {
            return await Try(async (_, token) =>
            {
                using var answer = (await client.DownloadStreamingAsync(cancellationToken: token)).Value;
                var found = answer.Details;
                var bytes = new byte[BlobContent.CheckedLength(found.ContentLength, this, key)];
                await answer.Content.ReadExactlyAsync(bytes, token);
                return new BlobContent(bytes, new BlobInfo(key, bytes.Length, found.ETag.ToString(), found.LastModified));
            }, cancellation);
        }
        catch (Exception e) when (AzureErrors.IsMissing(e))
        {
            return (BlobContent?)null;
        }
    });

    public ValueTask<BlobInfo> WriteAsync(string key, Func<Stream, CancellationToken, ValueTask> content, BlobCondition condition = default, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        return Guard("write", key, async name =>
        {
            var client = Client(key);
            await using var upload = new BlockUploadStream(client, _container, _backoff, cancellation);
            await content(upload, cancellation);
            var mark = Guid.NewGuid().ToString("n");
            var conditions = Conditions(condition);
            var metadata = new Dictionary<string, string> { [WriteMark] = mark };
            var commit = await upload.FinishAsync();
            var written = await Try(async (attempt, token) =>
            {
                try
                {
                    return await commit(conditions, metadata, token);
                }
                catch (Exception e) when (attempt > 0 && AzureErrors.IsRefused(e))
                {
                    if (await OwnWriteAsync(client, mark, token) is { } own) return own;
                    throw;
                }
            }, cancellation);
            return new BlobInfo(key, upload.Total, written.ETag.ToString(), written.LastModified);
        });
    }

    public ValueTask<bool> DeleteAsync(string key, BlobCondition condition = default, CancellationToken cancellation = default)
    {
        if (condition.IsCreateOnly) throw new ArgumentException("A delete cannot be create-only.", nameof(condition));
        return Guard("delete", key, async name =>
        {
            var client = Client(key);
            return await Try(async (attempt, token) =>
            {
                try
                {
                    await client.DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, Conditions(condition), token);
                    return true;
                }
                catch (Exception e) when (AzureErrors.IsMissing(e))
                {
                    return attempt > 0; // an earlier attempt may have done it, its answer lost
                }
            }, cancellation);
        });
    }

    private static async ValueTask<BlobContentInfo?> OwnWriteAsync(BlockBlobClient client, string mark, CancellationToken cancellation)
    {
        var found = (await client.GetPropertiesAsync(cancellationToken: cancellation)).Value;
        return found.Metadata.TryGetValue(WriteMark, out var theirs) && theirs == mark
            ? BlobsModelFactory.BlobContentInfo(found.ETag, found.LastModified, found.ContentHash, found.VersionId, found.EncryptionKeySha256, found.EncryptionScope, 0)
            : null;
    }

    private static BlobRequestConditions Conditions(BlobCondition condition) => new()
    {
        IfNoneMatch = condition.IsCreateOnly ? ETag.All : null,
        IfMatch = condition.ETag is { } etag ? new ETag(etag) : null,
    };

    private BlockBlobClient Client(string key) => _container.GetBlockBlobClient(_prefix + BlobKey.Checked(key));

    private string NameOf(string key) => $"{Address}/{key}";

    private ValueTask<T> Try<T>(Func<int, CancellationToken, ValueTask<T>> call, CancellationToken cancellation)
        => _backoff.RunAsync(call, AzureErrors.IsTransient, AzureErrors.Asked, cancellation);

    private async ValueTask<T> Guard<T>(string what, string key, Func<string, ValueTask<T>> call)
    {
        try
        {
            return await call(key);
        }
        catch (Exception e) when (AzureErrors.IsExpected(e))
        {
            throw AzureErrors.Translate(e, what, NameOf(key));
        }
    }
}
