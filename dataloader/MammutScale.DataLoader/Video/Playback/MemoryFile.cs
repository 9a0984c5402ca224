using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MammutScale.DataLoader.Video.Playback;

/// <summary>A file without a name that lives in memory and goes with the process, however that ends: for libraries that read files only.</summary>
internal sealed class MemoryFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <exception cref="IOException">The system has no memory files (Linux before 3.17).</exception>
    internal MemoryFile(string name)
    {
        _handle = NativeMethods.CreateMemoryFile(name, NativeMethods.CloseOnExec);
        if (_handle.IsInvalid) throw new IOException($"a file in memory cannot be made: {Marshal.GetLastPInvokeErrorMessage()}");
        Path = $"/proc/self/fd/{_handle.DangerousGetHandle()}";
    }

    /// <summary>Opens it within this process.</summary>
    internal string Path { get; }

    internal void Write(ReadOnlySpan<byte> content)
    {
        RandomAccess.SetLength(_handle, content.Length);
        RandomAccess.Write(_handle, content, 0);
    }

    public void Dispose() => _handle.Dispose();
}
