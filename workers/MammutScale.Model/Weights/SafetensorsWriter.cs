using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace MammutScale.Model.Weights;

/// <summary>Writes safetensors files: tensors in the given order, the header padded so that data begins at a multiple of 8.</summary>
public static class SafetensorsWriter
{
    /// <summary>Writes a file beside the target and renames it into place, so that a file of that name is always whole.</summary>
    /// <exception cref="WeightsException">The file cannot be written, a name repeats, or a dtype has no place in the format.</exception>
    public static void Write(string path, IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        string draft = path + ".partial";
        try
        {
            using (FileStream stream = new(draft, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                Write(stream, tensors, metadata);
                stream.Flush(flushToDisk: true);
            }
            File.Move(draft, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightsException($"{path} cannot be written: {e.Message}", e);
        }
    }

    /// <inheritdoc cref="Write(string, IReadOnlyList{ValueTuple{string, Tensor}}, IReadOnlyDictionary{string, string}?)"/>
    public static void Write(Stream stream, IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        byte[] header = Header(tensors, metadata);
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach ((_, Tensor value) in tensors)
        {
            using var scope = NewDisposeScope();
            if (value.numel() > 0)
                stream.Write(value.detach().cpu().contiguous().bytes);
        }
    }

    private static byte[] Header(IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            WriteEntries(json, tensors);
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteEntries(Utf8JsonWriter json, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        long offset = 0;
        foreach ((string name, Tensor value) in tensors)
        {
            if (!seen.Add(name) || name == "__metadata__")
                throw new WeightsException($"Two tensors are called '{name}', or the name is reserved.");
            (string dtype, int size) = SafetensorsDtype.Of(value.dtype);
            long end = offset + (value.numel() * size);
            json.WriteStartObject(name);
            json.WriteString("dtype", dtype);
            json.WriteStartArray("shape");
            foreach (long dimension in value.shape)
                json.WriteNumberValue(dimension);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(end);
            json.WriteEndArray();
            json.WriteEndObject();
            offset = end;
        }
    }
}
