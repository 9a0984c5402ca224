using Microsoft.Win32.SafeHandles;

namespace MammutScale.DataLoader.Parquet.Spilling;

/// <summary>Values of a column on local disk, in a file that has no name by the time it is written to and goes with its owner.</summary>
internal sealed class SpillFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly string _folder;
    private readonly byte[] _waiting = new byte[1 << 20];
    private int _count;

    /// <exception cref="IOException">The folder cannot be written to.</exception>
    internal SpillFile(string folder)
    {
        _folder = folder;
        string path = Path.Combine(folder, $"mammut-column-{Guid.NewGuid():n}");
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        File.Delete(path);
    }

    internal long Length { get; private set; }

    /// <exception cref="IOException">The disk is full.</exception>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (_count + bytes.Length > _waiting.Length) Flush();
        if (bytes.Length > _waiting.Length) RandomAccess.Write(_file, bytes, Length);
        else
        {
            bytes.CopyTo(_waiting.AsSpan(_count));
            _count += bytes.Length;
        }
        Length += bytes.Length;
    }

    /// <summary>Once, when everything was appended.</summary>
    internal void Flush()
    {
        RandomAccess.Write(_file, _waiting.AsSpan(0, _count), Length - _count);
        _count = 0;
    }

    internal byte[] Read(long offset, int length)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length);
        for (int done = 0; done < length;)
        {
            int read = RandomAccess.Read(_file, bytes.AsSpan(done), offset + done);
            if (read == 0) throw new IOException($"a column that was put away in {_folder} is shorter than it was");
            done += read;
        }
        return bytes;
    }

    public void Dispose() => _file.Dispose();
}
