using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace MammutScale.Model.Weights;

/// <summary>A safetensors file, opened and checked; tensors are read one by one. Safe for concurrent reads.</summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly long _dataStart;
    private readonly Dictionary<string, SafetensorsEntry> _entries;

    private SafetensorsFile(SafeFileHandle file, string path, long dataStart, List<SafetensorsEntry> entries, Dictionary<string, string> metadata)
    {
        (_file, _path, _dataStart) = (file, path, dataStart);
        _entries = entries.ToDictionary(e => e.Name, StringComparer.Ordinal);
        Metadata = metadata;
    }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <exception cref="WeightsException">The file is missing, unreadable or breaks a rule of the format.</exception>
    public static SafetensorsFile Open(string path)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path);
            long length = RandomAccess.GetLength(file);
            if (length < 8)
                throw new WeightsException($"it has {length} bytes, a header length alone takes 8");
            Span<byte> prefix = stackalloc byte[8];
            ReadExactly(file, prefix, 0);
            ulong header = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (header > SafetensorsHeader.MaxLength || (long)header > length - 8)
                throw new WeightsException($"the header should take {header} bytes, but {length - 8} bytes follow (limit {SafetensorsHeader.MaxLength})");
            var json = new byte[header];
            ReadExactly(file, json, 8);
            (List<SafetensorsEntry> entries, Dictionary<string, string> metadata) = SafetensorsHeader.Parse(json, length - 8 - (long)header);
            return new(file, path, 8 + (long)header, entries, metadata);
        }
        catch (Exception e) when (e is WeightsException or IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new WeightsException($"{path}: {(e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message)}.", e);
        }
    }

    /// <summary>A tensor of the file, on the CPU.</summary>
    /// <exception cref="WeightsException">There is no such tensor, or reading failed.</exception>
    public Tensor Read(string name)
    {
        SafetensorsEntry entry = Entry(name);
        Tensor result = empty(entry.Shape, dtype: entry.Dtype);
        if (entry.End == entry.Begin)
            return result;
        try
        {
            ReadExactly(_file, result.bytes, _dataStart + entry.Begin);
            return result;
        }
        catch (IOException e)
        {
            result.Dispose();
            throw new WeightsException($"{_path}: tensor '{name}' cannot be read ({e.Message}).", e);
        }
    }

    public void Dispose() => _file.Dispose();

    private SafetensorsEntry Entry(string name) => _entries.TryGetValue(name, out SafetensorsEntry? entry)
        ? entry
        : throw new WeightsException($"{_path}: there is no tensor '{name}' among its {_entries.Count}.");

    private static void ReadExactly(SafeFileHandle file, Span<byte> into, long offset)
    {
        while (into.Length > 0)
        {
            int read = RandomAccess.Read(file, into, offset);
            if (read == 0)
                throw new EndOfStreamException("the file ended early");
            into = into[read..];
            offset += read;
        }
    }
}
