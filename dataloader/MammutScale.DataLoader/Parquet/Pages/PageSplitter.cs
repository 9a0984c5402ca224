using System.Runtime.CompilerServices;
using MammutScale.DataLoader.Parquet.Encodings;
using MammutScale.DataLoader.Parquet.Faults;
using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.Storage;

namespace MammutScale.DataLoader.Parquet.Pages;

/// <summary>
/// Fetches a column chunk and finds its pages. Memory is bounded by the bytes that the file really has: a chunk is read in one
/// piece, or, when it is large, in windows between which only an unfinished page is copied.
/// </summary>
internal static class PageSplitter
{
    private const int Window = 256 * 1024 * 1024;

    public static async ValueTask<List<Page>> FetchAsync(IBlobReader blob, ColumnChunk chunk, BufferBag buffers, CancellationToken cancellation, int window = Window)
    {
        var all = new List<Page>();
        await foreach (var pages in WindowsAsync(blob, chunk, () => buffers, window, cancellation)) all.AddRange(pages);
        return all;
    }

    /// <summary>The pages of a chunk, some at a time.</summary>
    /// <param name="next">Gives the memory for the pages to come; those before are done with.</param>
    public static async IAsyncEnumerable<List<Page>> WindowsAsync(IBlobReader blob, ColumnChunk chunk, Func<BufferBag> next, int window, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (offset, left, values) = (chunk.Offset, chunk.CompressedBytes, 0L);
        while (left > 0 && values < chunk.Values)
        {
            var pages = new List<Page>();
            var buffers = next();
            var length = (int)Math.Min(left, window);
            var buffer = buffers.Rent(length);
            await FillAsync(blob, offset, buffer.AsMemory(0, length), cancellation);
            var consumed = Split(new ByteValue(buffer, 0, length), chunk.Values, ref values, pages, window, out var pageLength);
            if (consumed == 0)
            {
                // a single page is larger than the window: its header said how large, and the file has the bytes
                if (length == left || pageLength > left) throw Beyond(pageLength, left);
                buffer = buffers.Rent((int)pageLength);
                await FillAsync(blob, offset, buffer.AsMemory(0, (int)pageLength), cancellation);
                consumed = Split(new ByteValue(buffer, 0, (int)pageLength), chunk.Values, ref values, pages, window, out _);
            }
            else if (length == left && consumed < length && values < chunk.Values)
            {
                throw Beyond(pageLength, left - consumed);
            }

            offset += consumed;
            left -= consumed;
            yield return pages;
        }

        if (values != chunk.Values) throw new CorruptDataException($"its pages hold {values} values where the footer says {chunk.Values}");
    }

    /// <summary>Adds the pages that lie whole in <paramref name="bytes"/>; returns the bytes they take.</summary>
    private static int Split(ByteValue bytes, long expected, ref long values, List<Page> pages, int window, out long next)
    {
        var at = 0;
        next = 0;
        while (at < bytes.Length && values < expected)
        {
            PageHeader header;
            int headerLength;
            try
            {
                header = PageHeader.Read(bytes.Span[at..], out headerLength);
            }
            catch (CorruptDataException) when (at > 0 && bytes.Length == window)
            {
                return at; // the window may end inside of a header: the next one begins with it
            }

            next = (long)headerLength + header.Packed;
            if (next > bytes.Length - at) return at;
            pages.Add(new Page(header, new ByteValue(bytes.Buffer, bytes.Offset + at + headerLength, header.Packed)));
            if (header.Type is PageType.Data or PageType.DataV2) values += header.Values;
            at += (int)next;
        }

        return at;
    }

    private static async ValueTask FillAsync(IBlobReader blob, long offset, Memory<byte> into, CancellationToken cancellation)
    {
        var read = await blob.ReadAsync(offset, into, cancellation);
        if (read != into.Length) throw new CorruptDataException($"the file ends at {offset + read} where its footer promises bytes up to {offset + into.Length}");
    }

    private static CorruptDataException Beyond(long page, long left)
        => new($"a page claims {page} bytes where its column has {left} left");
}
