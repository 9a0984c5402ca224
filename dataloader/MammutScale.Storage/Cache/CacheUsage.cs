using System.IO.MemoryMappedFiles;

namespace MammutScale.Storage.Cache;

/// <summary>
/// Bytes in use, counted by all processes of the node in one mapped number. A process killed between counting and writing leaves it
/// too high, which the next eviction puts right: the cache may shrink early, never outgrow its bound.
/// </summary>
internal sealed unsafe class CacheUsage : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long* _bytes;

    public CacheUsage(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(
            new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete), null, sizeof(long), MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, sizeof(long));
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _bytes = (long*)(start + _view.PointerOffset);
    }

    public long Bytes
    {
        get => Volatile.Read(ref *_bytes);
        set => Volatile.Write(ref *_bytes, value);
    }

    /// <returns>The new sum.</returns>
    public long Add(long bytes) => Interlocked.Add(ref *_bytes, bytes);

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
