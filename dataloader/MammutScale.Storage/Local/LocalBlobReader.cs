using Microsoft.Win32.SafeHandles;

namespace MammutScale.Storage.Local;

/// <summary>Keeps the file open, so a replaced file is still read in the version that was opened.</summary>
internal sealed class LocalBlobReader(SafeFileHandle handle, BlobInfo blob, string path) : IBlobReader
{
    public BlobInfo Blob { get; } = blob;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var wanted = (int)Math.Min(destination.Length, Math.Max(0, Blob.Length - offset));
        var done = 0;
        try
        {
            while (done < wanted)
            {
                cancellation.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(handle, destination.Span[done..wanted], offset + done);
                if (read == 0)
                    throw new StorageException(StorageFault.Changed, $"{path} had {Blob.Length} bytes when it was opened and now ends at {offset + done}: it was cut while being read.");
                done += read;
            }
        }
        catch (Exception e) when (LocalErrors.IsExpected(e))
        {
            throw LocalErrors.Translate(e, "read", path);
        }

        return ValueTask.FromResult(done);
    }

    public void Dispose() => handle.Dispose();
}
