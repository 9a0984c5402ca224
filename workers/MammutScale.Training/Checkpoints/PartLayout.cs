using System.Text;
using System.Text.Json;
using MammutScale.Training.Parameters;

namespace MammutScale.Training.Checkpoints;

/// <summary>The bytes of one rank's part: a safetensors header, then its ranges of every buffer, one after another.</summary>
internal sealed class PartLayout
{
    private const int Alignment = 64;

    public PartLayout(ShardMap shards, IReadOnlyList<string> buffers)
    {
        var tensors = new SortedDictionary<string, object>(StringComparer.Ordinal);
        var relative = new List<SavedRange>();
        long at = 0;
        foreach (var buffer in buffers)
        {
            foreach (var range in shards.Owned)
            {
                var bytes = range.Length * sizeof(float);
                tensors[$"{buffer}.{range.Bucket}"] = new { dtype = "F32", shape = new[] { range.Length }, data_offsets = new[] { at, at + bytes } };
                relative.Add(new SavedRange(buffer, range.Offset, range.Length, at));
                at += bytes;
            }
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(tensors);
        var padded = (sizeof(long) + json.Length + Alignment - 1) / Alignment * Alignment;
        Header = new byte[padded];
        Encoding.ASCII.GetBytes(new string(' ', padded)).CopyTo(Header, 0);
        BitConverter.TryWriteBytes(Header, (long)(padded - sizeof(long)));
        json.CopyTo(Header, sizeof(long));
        Ranges = [.. relative.Select(r => r with { Position = r.Position + padded })];
        File = $"part-{shards.Rank}.safetensors";
        DataBytes = at;
    }

    public string File { get; }

    public byte[] Header { get; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<SavedRange> Ranges { get; }

    public long DataBytes { get; }

    public long Bytes => Header.Length + DataBytes;
}
