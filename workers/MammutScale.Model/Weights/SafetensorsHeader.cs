using System.Text.Json;
using static TorchSharp.torch;

namespace MammutScale.Model.Weights;

/// <summary>Where a tensor lies in a safetensors file.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Dtype">Its element type.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">Byte after the last.</param>
public sealed record SafetensorsEntry(string Name, ScalarType Dtype, long[] Shape, long Begin, long End);

/// <summary>Parses and checks the JSON header: every rule of the format, so that what is read later lies where it should.</summary>
internal static class SafetensorsHeader
{
    public const int MaxLength = 100_000_000;

    /// <param name="json">The header's bytes.</param>
    /// <param name="dataLength">Bytes after the header.</param>
    /// <exception cref="WeightsException">What is wrong, without the file's name.</exception>
    public static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Parse(ReadOnlySpan<byte> json, long dataLength)
    {
        try
        {
            (List<SafetensorsEntry> entries, Dictionary<string, string> metadata) = ParseObject(json);
            CheckLayout(entries, dataLength);
            return (entries, metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new WeightsException($"the header is not valid JSON ({e.Message})", e);
        }
    }

    private static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) ParseObject(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] != '{')
            throw new WeightsException("the header does not begin with '{'");
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 4 });
        List<SafetensorsEntry> entries = [];
        Dictionary<string, string> metadata = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!seen.Add(name))
                throw new WeightsException($"the header names '{name}' twice");
            reader.Read();
            if (name == "__metadata__")
                ParseMetadata(ref reader, metadata);
            else
                entries.Add(ParseEntry(ref reader, name));
        }
        while (reader.Read())
        {
            // text after the object makes the reader throw
        }
        return (entries, metadata);
    }

    private static void ParseMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        Expect(reader, JsonTokenType.StartObject, "'__metadata__' is not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            Expect(reader, JsonTokenType.String, $"metadata '{key}' is not a string");
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw new WeightsException($"the header names metadata '{key}' twice");
        }
    }

    private static SafetensorsEntry ParseEntry(ref Utf8JsonReader reader, string name)
    {
        Expect(reader, JsonTokenType.StartObject, $"the entry of '{name}' is not an object");
        string? dtype = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = reader.GetString()!;
            reader.Read();
            bool repeated = field switch { "dtype" => dtype is not null, "shape" => shape is not null, "data_offsets" => offsets is not null, _ => false };
            if (repeated)
                throw new WeightsException($"the entry of '{name}' has '{field}' twice");
            switch (field)
            {
                case "dtype":
                    Expect(reader, JsonTokenType.String, $"the dtype of '{name}' is not a string");
                    dtype = reader.GetString();
                    break;
                case "shape":
                    shape = ParseNumbers(ref reader, $"the shape of '{name}'");
                    break;
                case "data_offsets":
                    offsets = ParseNumbers(ref reader, $"data_offsets of '{name}'");
                    break;
                default:
                    throw new WeightsException($"the entry of '{name}' has an unknown field '{field}'");
            }
        }
        if (dtype is null || shape is null || offsets is null)
            throw new WeightsException($"the entry of '{name}' lacks {(dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets")}");
        if (offsets.Length != 2)
            throw new WeightsException($"data_offsets of '{name}' has {offsets.Length} numbers, expected 2");
        if (!SafetensorsDtype.TryParse(dtype, out ScalarType type, out int size))
            throw new WeightsException($"'{name}' has dtype '{dtype}', expected one of {SafetensorsDtype.Names}");
        CheckSize(name, shape, size, offsets);
        return new(name, type, shape, offsets[0], offsets[1]);
    }

    private static long[] ParseNumbers(ref Utf8JsonReader reader, string what)
    {
        Expect(reader, JsonTokenType.StartArray, $"{what} is not a list");
        List<long> numbers = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                throw new WeightsException($"{what} holds something that is not a whole number from 0 on");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private static void CheckSize(string name, long[] shape, int size, long[] offsets)
    {
        UInt128 bytes = (UInt128)size;
        foreach (long dimension in shape)
        {
            bytes *= (UInt128)dimension;
            if (bytes > long.MaxValue)
                throw new WeightsException($"the shape [{string.Join(", ", shape)}] of '{name}' is too large");
        }
        if (offsets[1] < offsets[0] || (UInt128)(offsets[1] - offsets[0]) != bytes)
            throw new WeightsException($"'{name}' of shape [{string.Join(", ", shape)}] needs {bytes} bytes, its data_offsets [{offsets[0]}, {offsets[1]}] give {offsets[1] - offsets[0]}");
    }

    private static void CheckLayout(List<SafetensorsEntry> entries, long dataLength)
    {
        long end = 0;
        string previous = "the header";
        foreach (SafetensorsEntry entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.End > dataLength)
                throw new WeightsException($"'{entry.Name}' ends at byte {entry.End} of the data, but only {dataLength} bytes are there: the file is truncated or its offsets are wrong");
            if (entry.Begin < end)
                throw new WeightsException($"'{entry.Name}' begins at byte {entry.Begin}, inside '{previous}', which ends at {end}");
            if (entry.Begin > end)
                throw new WeightsException($"bytes {end} to {entry.Begin} after '{previous}' belong to no tensor");
            (end, previous) = (entry.End, entry.Name);
        }
        if (end != dataLength)
            throw new WeightsException($"the tensors take {end} bytes, but {dataLength} bytes follow the header");
    }

    private static void Expect(in Utf8JsonReader reader, JsonTokenType type, string otherwise)
    {
        if (reader.TokenType != type)
            throw new WeightsException(otherwise);
    }
}
