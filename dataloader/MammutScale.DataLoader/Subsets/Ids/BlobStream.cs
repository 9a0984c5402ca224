using MammutScale.Storage;

namespace MammutScale.DataLoader.Subsets.Ids;

/// <summary>A blob as a stream to read from start to end.</summary>
internal sealed class BlobStream(IBlobReader blob) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => blob.Blob.Length;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsMemory(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var copy = new byte[buffer.Length];
        var read = Read(copy.AsMemory());
        copy.AsSpan(0, read).CopyTo(buffer);
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // lists are read by a command line tool while nothing else waits for this thread
    private int Read(Memory<byte> buffer)
    {
        var read = blob.ReadAsync(Position, buffer).AsTask().GetAwaiter().GetResult();
        Position += read;
        return read;
    }
}
