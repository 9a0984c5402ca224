namespace MammutScale.Storage.Local;

/// <summary>Files seen as blobs: versions, temporary names, walking in the order of keys.</summary>
internal static class LocalFiles
{
    private const string TemporaryPrefix = ".mammut-";
    private const string TemporarySuffix = ".tmp";

    /// <summary>Null for a folder, too.</summary>
    public static BlobInfo? Stat(string path, string key)
    {
        var file = new FileInfo(path);
        return file.Exists ? Describe(file, key) : null;
    }

    public static BlobInfo Describe(FileInfo file, string key)
    {
        var modified = file.LastWriteTimeUtc;
        return new BlobInfo(key, file.Length, Tag(modified, file.Length), new DateTimeOffset(modified, TimeSpan.Zero));
    }

    public static string Tag(DateTime modifiedUtc, long length) => $"{modifiedUtc.Ticks:x}-{length:x}";

    public static string TemporaryName() => $"{TemporaryPrefix}{Guid.NewGuid():n}{TemporarySuffix}";

    public static bool IsTemporary(string name)
        => name.StartsWith(TemporaryPrefix, StringComparison.Ordinal) && name.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    /// <summary>What killed writers left behind, once it is so old that nobody can still be writing it.</summary>
    public static void RemoveAbandoned(string folder, DateTime olderThanUtc)
    {
        foreach (var path in Directory.EnumerateFiles(folder, TemporaryPrefix + "*" + TemporarySuffix))
        {
            if (File.GetLastWriteTimeUtc(path) < olderThanUtc) File.Delete(path);
        }
    }

    /// <summary>Ordinal order of whole keys: a folder sorts as its name followed by a slash.</summary>
    public static IEnumerable<BlobInfo> Walk(string root, string prefix)
    {
        var slash = prefix.LastIndexOf('/');
        var start = slash < 0 ? root : Path.Combine(root, prefix[..slash]);
        return Directory.Exists(start) ? Walk(new DirectoryInfo(start), slash < 0 ? "" : prefix[..(slash + 1)], prefix) : [];
    }

    private static IEnumerable<BlobInfo> Walk(DirectoryInfo folder, string path, string prefix)
    {
        foreach (var (name, entry) in Entries(folder))
        {
            var key = path + name;
            if (entry is DirectoryInfo inner)
            {
                if (!key.StartsWith(prefix, StringComparison.Ordinal) && !prefix.StartsWith(key, StringComparison.Ordinal)) continue;
                foreach (var blob in Walk(inner, key, prefix)) yield return blob;
            }
            else if (key.StartsWith(prefix, StringComparison.Ordinal) && TryDescribe((FileInfo)entry, key) is { } found)
            {
                yield return found;
            }
        }
    }

    private static List<(string Name, FileSystemInfo Entry)> Entries(DirectoryInfo folder)
    {
        var entries = new List<(string Name, FileSystemInfo Entry)>();
        try
        {
            foreach (var entry in folder.EnumerateFileSystemInfos())
            {
                if (!IsTemporary(entry.Name)) entries.Add((entry is DirectoryInfo ? entry.Name + "/" : entry.Name, entry));
            }
        }
        catch (DirectoryNotFoundException)
        {
            // removed while we walked: it has no blobs any more
        }

        entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }

    private static BlobInfo? TryDescribe(FileInfo file, string key)
    {
        try
        {
            return Describe(file, key);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
