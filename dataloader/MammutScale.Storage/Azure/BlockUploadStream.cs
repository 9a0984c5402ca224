using System.Buffers;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using MammutScale.Storage.Retries;

namespace MammutScale.Storage.Azure;

/// <summary>
/// Stages blocks as they fill, a few at a time: that bounds the memory. Nothing is visible before the commit; the blocks of an
/// abandoned upload are thrown away by the service after a week.
/// </summary>
internal sealed class BlockUploadStream(BlockBlobClient client, BlobContainerClient container, Backoff backoff, CancellationToken cancellation) : Stream
{
    private const int BlockSize = 8 * 1024 * 1024;
    private const int BlocksAtOnce = 4;
    private readonly string _upload = Guid.NewGuid().ToString("n")[..12];
    private readonly List<string> _blocks = [];
    private readonly Queue<Task> _staging = new();
    private byte[]? _buffer;
    private int _filled;
    private Task? _containerMade;

    /// <summary>Publishes the content; may be called again after a failure.</summary>
    public delegate ValueTask<BlobContentInfo> PublishBlocks(BlobRequestConditions conditions, Dictionary<string, string> metadata, CancellationToken cancellation);

    public long Total { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => Total;

    public override long Position { get => Total; set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            if (_filled == BlockSize) await StageAsync();
            _buffer ??= ArrayPool<byte>.Shared.Rent(BlockSize);
            var count = Math.Min(buffer.Length, BlockSize - _filled);
            buffer[..count].CopyTo(_buffer.AsMemory(_filled));
            (_filled, Total) = (_filled + count, Total + count);
            buffer = buffer[count..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>For writers that know no other way; the thread waits.</summary>
    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count), cancellation).AsTask().GetAwaiter().GetResult();

    /// <summary>What is left of the upload, once everything was written.</summary>
    public async ValueTask<PublishBlocks> FinishAsync()
    {
        if (_blocks.Count == 0)
        {
            return async (conditions, metadata, token) => await WithContainerAsync(async () =>
            {
                using var content = new MemoryStream(_buffer ?? [], 0, _filled);
                return (await client.UploadAsync(content, new BlobUploadOptions { Conditions = conditions, Metadata = metadata }, token)).Value;
            });
        }

        if (_filled > 0) await StageAsync();
        while (_staging.TryDequeue(out var block)) await block;
        return async (conditions, metadata, token) =>
            (await client.CommitBlockListAsync(_blocks, new CommitBlockListOptions { Conditions = conditions, Metadata = metadata }, token)).Value;
    }

    public override async ValueTask DisposeAsync()
    {
        while (_staging.TryDequeue(out var block)) await block.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_buffer is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
        _buffer = null;
        await base.DisposeAsync();
    }

    public override void Flush()
    {
        // blocks go out when they are full
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask StageAsync()
    {
        var (buffer, length) = (_buffer!, _filled);
        (_buffer, _filled) = (null, 0);
        var id = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{_upload}{_blocks.Count:d6}"));
        _blocks.Add(id);
        while (_staging.Count >= BlocksAtOnce) await _staging.Dequeue();
        _staging.Enqueue(StageAsync(id, buffer, length));
    }

    private async Task StageAsync(string id, byte[] buffer, int length)
    {
        try
        {
            await backoff.RunAsync((_, token) => WithContainerAsync(async () =>
            {
                using var content = new MemoryStream(buffer, 0, length);
                return await client.StageBlockAsync(id, content, cancellationToken: token);
            }), AzureErrors.IsTransient, AzureErrors.Asked, cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The first write into a new account makes the container, if it may; blocks that go out side by side wait for the one attempt.</summary>
    private async ValueTask<T> WithContainerAsync<T>(Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RequestFailedException e) when (e.ErrorCode == AzureErrors.NoContainer)
        {
            await MakeContainerAsync();
            return await call();
        }
    }

    private Task MakeContainerAsync()
    {
        lock (_staging) return _containerMade is { IsFaulted: false, IsCanceled: false } made ? made : _containerMade = container.CreateIfNotExistsAsync(cancellationToken: cancellation);
    }
}
