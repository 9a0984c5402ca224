using System.Runtime.InteropServices;

namespace MammutScale.Storage.Local;

/// <summary>The few calls of Linux' libc that .NET does not offer: durable directory entries and locks on a directory.</summary>
internal static partial class NativeMethods
{
    public const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC
    public const int LockExclusiveNow = 2 | 4; // LOCK_EX | LOCK_NB
    public const int TryAgain = 11; // EAGAIN
    public const int Interrupted = 4; // EINTR
    public const int Exists = 17; // EEXIST

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(string existing, string name);
}
