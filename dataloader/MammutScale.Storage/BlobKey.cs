namespace MammutScale.Storage;

/// <summary>The rules for keys, the same for every store, so that what works in a folder works in a bucket.</summary>
internal static class BlobKey
{
    /// <summary>Azure's limit; it also keeps paths under the one of Linux.</summary>
    private const int MaxLength = 1024;

    public static string Checked(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Fault(key) is not { } fault ? key
            : throw new StorageException(StorageFault.Invalid, $"'{key}' cannot be the name of a blob: {fault}.");
    }

    /// <summary>A prefix may be empty or end in a slash.</summary>
    public static string CheckedPrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var body = prefix.EndsWith('/') ? prefix[..^1] : prefix;
        if (body.Length > 0) Checked(body);
        return prefix;
    }

    private static string? Fault(string key)
    {
        if (key.Length == 0) return "it is empty";
        if (key.Length > MaxLength) return $"it has {key.Length} characters, at most {MaxLength} are allowed";
        if (key.Contains('\0', StringComparison.Ordinal) || key.Contains('\\', StringComparison.Ordinal)) return "a backslash or zero character is not allowed";
        foreach (var part in key.Split('/'))
        {
            if (part.Length == 0) return "it starts or ends with a slash or has two in a row";
            if (part is "." or "..") return $"'{part}' is not allowed as a part of it";
        }

        return null;
    }
}
