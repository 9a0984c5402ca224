using System.Buffers;

namespace MammutScale.DataLoader.Subsets.Ids;

/// <summary>Reads ids from a text file, one a line. Blank lines and blanks around an id do not count.</summary>
internal static class TextIds
{
    private const int LongestLine = 1 << 16;

    /// <exception cref="SubsetException">A line is too long for an id: the file is something else.</exception>
    public static UInt128[] Read(Stream stream, string file)
    {
        var ids = new List<UInt128>();
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            var held = 0;
            var lines = 0L;
            while (true)
            {
                var read = stream.Read(buffer, held, buffer.Length - held);
                var data = buffer.AsSpan(0, held + read);
                while (data.IndexOf((byte)'\n') is var end and >= 0)
                {
                    lines++;
                    Add(ids, data[..end]);
                    data = data[(end + 1)..];
                }

                if (read == 0)
                {
                    Add(ids, data);
                    return [.. ids];
                }

                if (data.Length > LongestLine)
                    throw new SubsetException($"only: line {lines + 1} of {file} is longer than {LongestLine} bytes: expected one id a line, or a .npy or .parquet file");
                data.CopyTo(buffer);
                held = data.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Add(List<UInt128> ids, ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t\r\uFEFF"u8);
        if (line.Length > 0)
            ids.Add(SampleKey.OfText(line));
    }
}
