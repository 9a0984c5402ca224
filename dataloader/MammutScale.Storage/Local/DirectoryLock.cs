using System.Runtime.InteropServices;

namespace MammutScale.Storage.Local;

/// <summary>
/// An exclusive lock on a folder, between threads and processes of one machine: the kernel drops it when its owner dies.
/// It is held for a comparison and a rename only.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private int _descriptor;

    private DirectoryLock(int descriptor) => _descriptor = descriptor;

    public static async ValueTask<DirectoryLock> TakeAsync(string folder, TimeProvider time, CancellationToken cancellation)
    {
        var descriptor = NativeMethods.Open(folder, NativeMethods.ReadOnlyDirectory);
        if (descriptor < 0) throw new IOException($"cannot open the folder {folder}: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            var started = time.GetTimestamp();
            for (var wait = 0.25; NativeMethods.Lock(descriptor, NativeMethods.LockExclusiveNow) != 0; wait = Math.Min(wait * 2, 20))
            {
                var error = Marshal.GetLastPInvokeError();
                // a file system without locks: renames are still atomic, only conditions between processes are not
                if (error is not (NativeMethods.TryAgain or NativeMethods.Interrupted)) break;
                if (time.GetElapsedTime(started) > Patience)
                    throw new StorageException(StorageFault.Unavailable, $"Another process has held the folder {folder} for {Patience.TotalSeconds} s; is one stopped in a debugger?");
                await Task.Delay(TimeSpan.FromMilliseconds(wait), time, cancellation);
            }

            return new DirectoryLock(descriptor);
        }
        catch
        {
            _ = NativeMethods.Close(descriptor);
            throw;
        }
    }

    /// <summary>Makes renames in the folder durable. Some network file systems cannot, and need not.</summary>
    public void Sync() => _ = NativeMethods.Sync(_descriptor);

    public void Dispose()
    {
        var descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0) _ = NativeMethods.Close(descriptor);
    }
}
