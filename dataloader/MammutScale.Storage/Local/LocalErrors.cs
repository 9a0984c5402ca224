namespace MammutScale.Storage.Local;

/// <summary>Turns what the file system says into what a person can act on.</summary>
internal static class LocalErrors
{
    private const int NoSpace = 28; // ENOSPC
    private const int Quota = 122; // EDQUOT
    private const int ReadOnly = 30; // EROFS
    private const int ErrorBits = 0xFFFF;

    public static bool IsExpected(Exception e) => e is IOException or UnauthorizedAccessException;

    public static StorageException Translate(Exception e, string what, string path) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => new(StorageFault.NotFound, $"Cannot {what} {path}: it does not exist.", e),
        UnauthorizedAccessException => new(StorageFault.Denied, $"Cannot {what} {path}: permission denied (or it is a folder).", e),
        IOException { HResult: var code } when (code & ErrorBits) is NoSpace or Quota => new(StorageFault.Full, $"Cannot {what} {path}: no space left. Free some, or give another place.", e),
        IOException { HResult: var code } when (code & ErrorBits) is ReadOnly => new(StorageFault.Denied, $"Cannot {what} {path}: the file system is read-only.", e),
        _ => new(StorageFault.Unavailable, $"Cannot {what} {path}: {e.Message}", e),
    };
}
