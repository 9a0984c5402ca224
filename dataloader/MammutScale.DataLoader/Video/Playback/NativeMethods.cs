using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MammutScale.DataLoader.Video.Playback;

internal static partial class NativeMethods
{
    internal const uint CloseOnExec = 1;

    /// <summary>memfd_create(2).</summary>
    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial SafeFileHandle CreateMemoryFile(string name, uint flags);

    /// <summary>setenv(3): native libraries do not see what .NET's own environment holds.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int SetEnvironment(string name, string value, int overwrite);
}
