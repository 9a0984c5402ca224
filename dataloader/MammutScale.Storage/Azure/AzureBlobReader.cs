using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using MammutScale.Storage.Retries;

namespace MammutScale.Storage.Azure;

/// <summary>Ranges of one version: each request insists on the ETag. Large ranges are fetched in parts side by side.</summary>
internal sealed class AzureBlobReader(BlockBlobClient client, BlobInfo blob, string name, Backoff backoff) : IBlobReader
{
    private const int Part = 8 * 1024 * 1024;
    private const int PartsAtOnce = 4;
    private readonly BlobRequestConditions _sameVersion = new() { IfMatch = new ETag(blob.ETag) };

    public BlobInfo Blob { get; } = blob;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var wanted = (int)Math.Min(destination.Length, Math.Max(0, Blob.Length - offset));
        if (wanted == 0) return 0;
        try
        {
            if (wanted <= Part) await FetchAsync(offset, destination[..wanted], cancellation);
            else
            {
                var parts = (wanted + Part - 1) / Part;
                var options = new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancellation };
                await Parallel.ForAsync(0, parts, options, (i, token) => FetchAsync(offset + (long)i * Part, destination.Slice(i * Part, Math.Min(Part, wanted - i * Part)), token));
            }
        }
        catch (Exception e) when (e is RequestFailedException { Status: AzureErrors.PreconditionFailed or AzureErrors.NotFound })
        {
            throw new StorageException(StorageFault.Changed, $"{name} was replaced or deleted while it was being read.", e);
        }
        catch (Exception e) when (AzureErrors.IsExpected(e))
        {
            throw AzureErrors.Translate(e, "read", name);
        }

        return wanted;
    }

    public void Dispose()
    {
        // requests hold nothing open between them
    }

    private async ValueTask FetchAsync(long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        var done = 0;
        await backoff.RunAsync(async (_, token) =>
        {
            // what arrived before a connection broke is kept
            var options = new BlobDownloadOptions { Range = new HttpRange(offset + done, destination.Length - done), Conditions = _sameVersion };
            using var answer = (await client.DownloadStreamingAsync(options, token)).Value;
            await using var stream = answer.Content;
            while (done < destination.Length)
            {
                var read = await stream.ReadAsync(destination[done..], token);
                if (read == 0) throw new IOException($"the answer ended after {done} of {destination.Length} bytes");
                done += read;
            }

            return true;
        }, AzureErrors.IsTransient, AzureErrors.Asked, cancellation);
    }
}
