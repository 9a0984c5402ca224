using System.Buffers;

namespace MammutScale.Storage.Cache;

/// <summary>Serves ranges from blocks on disk; blocks that are missing side by side are fetched with one request.</summary>
internal sealed class CachedBlobReader(IBlobReader inner, string address, BlockCache cache) : IBlobReader
{
    private const int BlocksARequest = 32;

    public BlobInfo Blob => inner.Blob;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var wanted = (int)Math.Min(destination.Length, Math.Max(0, Blob.Length - offset));
        if (wanted == 0) return 0;
        var (first, last) = (offset / BlockCache.BlockSize, (offset + wanted - 1) / BlockCache.BlockSize);
        var scratch = ArrayPool<byte>.Shared.Rent(BlockCache.BlockSize);
        try
        {
            for (var block = first; block <= last;)
            {
                var bytes = scratch.AsMemory(0, LengthOf(block));
                if (cache.TryRead(NameOf(block), bytes))
                {
                    Copy(bytes, block, offset, destination[..wanted]);
                    block++;
                    continue;
                }

                var end = block + 1;
                while (end <= last && end - block < BlocksARequest && !cache.TryRead(NameOf(end), scratch.AsMemory(0, LengthOf(end)))) end++;
                await FetchAsync(block, end, offset, destination[..wanted], cancellation);
                block = end;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }

        return wanted;
    }

    public void Dispose() => inner.Dispose();

    private async ValueTask FetchAsync(long from, long end, long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        var start = from * BlockCache.BlockSize;
        var length = (int)(Math.Min(Blob.Length, end * BlockCache.BlockSize) - start);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var read = await inner.ReadAsync(start, buffer.AsMemory(0, length), cancellation);
            if (read != length) throw new StorageException(StorageFault.Changed, $"{address}/{Blob.Key} ended at {start + read} where {Blob.Length} bytes were promised.");
            for (var block = from; block < end; block++)
            {
                var bytes = buffer.AsMemory((int)(block - from) * BlockCache.BlockSize, LengthOf(block));
                cache.Write(NameOf(block), bytes.Span);
                Copy(bytes, block, offset, destination);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The part of a block that lies in the wanted range.</summary>
    private static void Copy(ReadOnlyMemory<byte> bytes, long block, long offset, Memory<byte> destination)
    {
        var start = block * BlockCache.BlockSize;
        var (from, to) = (Math.Max(start, offset), Math.Min(start + bytes.Length, offset + destination.Length));
        bytes[(int)(from - start)..(int)(to - start)].CopyTo(destination[(int)(from - offset)..]);
    }

    private int LengthOf(long block) => (int)Math.Min(BlockCache.BlockSize, Blob.Length - block * BlockCache.BlockSize);

    private string NameOf(long block) => BlockCache.NameOf(address, Blob, block);
}
