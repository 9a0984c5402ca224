using MammutScale.Storage;
using MammutScale.Storage.Cache;

namespace MammutScale.DataLoader.Places;

/// <summary>
/// A path as people give it: a file, a folder, a glob (<c>* ? ** {a,b} [0-9]</c>) or <c>az://container/…</c> with the same three
/// forms. Folders are searched to the bottom; names that begin with a dot or an underscore are left out, as other readers do.
/// </summary>
public sealed class DataPlace
{
    private static readonly string[] Endings = [".parquet", ".parq", ".pq"];

    private readonly string _path;
    private readonly TimeProvider? _time;

    private DataPlace(string path, TimeProvider? time) => (_path, _time) = (path, time);

    /// <summary>Everything that <paramref name="paths"/> lead to, each file once: in the order of the paths, within one by name.</summary>
    /// <param name="cache">Put before remote stores; null for none.</param>
    /// <exception cref="DataPlaceException">A path leads to no Parquet file; says what is there.</exception>
    public static async Task<IReadOnlyList<DataFile>> FindAsync(IReadOnlyList<string> paths, TimeProvider? time = null, DiskCache? cache = null, CancellationToken cancellation = default)
    {
        if (paths.Count == 0)
            throw new DataPlaceException("no path was given: expected files, folders, globs or az:// addresses");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var files = new List<DataFile>();
        foreach (var path in paths)
            foreach (var file in await new DataPlace(path, time).FilesAsync(cancellation))
                if (seen.Add(file.Address))
                    files.Add(cache is null ? file : file with { Store = cache.Before(file.Store) });
        return files;
    }

    /// <summary>Opens the store that holds a single file, and its key there.</summary>
    public static (IBlobStore Store, string Key) OfFile(string path, TimeProvider? time = null)
    {
        var local = !IsRemote(path);
        var full = local ? Path.GetFullPath(Local(path)) : path.TrimEnd('/');
        var slash = full.LastIndexOf('/');
        var store = slash == 0 ? "/" : full[..slash];
        if (slash == full.Length - 1 || (!local && store.EndsWith(":/", StringComparison.Ordinal)))
            throw new DataPlaceException($"'{path}' names no file");
        return (BlobStores.Open(store, time), full[(slash + 1)..]);
    }

    private async Task<List<DataFile>> FilesAsync(CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(_path))
            throw new DataPlaceException("an empty path leads nowhere: expected a file, a folder, a glob or an az:// address");
        var remote = IsRemote(_path);
        // a file or folder may have brackets or a star in its own name
        if (!remote && (File.Exists(Local(_path)) || Directory.Exists(Local(_path))))
            return File.Exists(Local(_path)) ? [await OneFileAsync(cancellation)] : await FolderAsync(cancellation);
        if (GlobPattern.FirstWildcard(_path) >= 0)
            return await GlobAsync(cancellation);
        if (!remote)
            throw new DataPlaceException($"'{_path}' does not exist: expected a Parquet file, a folder of them, or a glob");
        var (store, key) = OfContainerOrFile();
        return key is not null && await store.StatAsync(key, cancellation) is { } blob ? [new DataFile(store, blob)] : await FolderAsync(cancellation);
    }

    private async Task<DataFile> OneFileAsync(CancellationToken cancellation)
    {
        var (store, key) = OfFile(_path, _time);
        return new DataFile(store, await store.StatAsync(key, cancellation) ?? throw new DataPlaceException($"'{_path}' does not exist"));
    }

    private async Task<List<DataFile>> FolderAsync(CancellationToken cancellation)
    {
        var store = BlobStores.Open(IsRemote(_path) ? _path.TrimEnd('/') : Local(_path), _time);
        var others = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var files = new List<DataFile>();
        await foreach (var blob in store.ListAsync("", cancellation))
            if (IsHidden(blob.Key))
                continue;
            else if (Endings.Any(ending => blob.Key.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
                files.Add(new DataFile(store, blob));
            else
                others[Path.GetExtension(blob.Key)] = others.GetValueOrDefault(Path.GetExtension(blob.Key)) + 1;
        if (files.Count > 0)
            return files;
        var there = others.Count == 0 ? "it is empty" : $"it holds {string.Join(", ", others.Select(other => $"{other.Value} {(other.Key.Length == 0 ? "without ending" : other.Key)}"))}";
        throw new DataPlaceException($"'{_path}' holds no .parquet files: {there}");
    }

    private async Task<List<DataFile>> GlobAsync(CancellationToken cancellation)
    {
        var full = IsRemote(_path) ? _path : Path.GetFullPath(Local(_path));
        var glob = GlobPattern.FirstWildcard(full);
        var slash = full.LastIndexOf('/', glob);
        if (IsRemote(full) && slash < "az://c".Length)
            throw new DataPlaceException($"'{_path}': the container must be named, wildcards begin after it");
        var store = BlobStores.Open(slash == 0 ? "/" : full[..slash], _time);
        var pattern = new GlobPattern(full[(slash + 1)..]);
        var files = new List<DataFile>();
        await foreach (var blob in store.ListAsync(pattern.Prefix, cancellation))
            if (pattern.Matches(blob.Key))
                files.Add(new DataFile(store, blob));
        return files.Count > 0 ? files : throw new DataPlaceException($"no file matches '{_path}' (searched {store.Address})");
    }

    /// <summary>For a remote address that may be a file: the store above it and its key; a bare container has no key.</summary>
    private (IBlobStore Store, string? Key) OfContainerOrFile()
    {
        var trimmed = _path.TrimEnd('/');
        var container = trimmed.IndexOf("://", StringComparison.Ordinal) + 3;
        return trimmed.IndexOf('/', container) < 0 ? (BlobStores.Open(trimmed, _time), null) : OfFile(trimmed, _time);
    }

    private static bool IsRemote(string path) => path.Contains("://", StringComparison.Ordinal) && !path.StartsWith("file://", StringComparison.Ordinal);

    private static string Local(string path) => path.StartsWith("file://", StringComparison.Ordinal) ? new Uri(path).LocalPath : path;

    private static bool IsHidden(string key) => key.Split('/').Any(part => part.StartsWith('.') || part.StartsWith('_'));
}
