using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MammutScale.Storage.Local;

/// <summary>
/// A folder as a store. A write goes to a temporary file beside its target, is flushed to the disk, and takes its name by a
/// rename (or a link, which refuses an existing name) while the folder is locked; the folder is flushed last.
/// </summary>
internal sealed class LocalBlobStore(string root, TimeProvider time) : IBlobStore
{
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromDays(1);
    private readonly string _root = Path.GetFullPath(root);
    private readonly ConcurrentDictionary<string, bool> _tidied = new();

    public string Address => _root;

    public ValueTask<BlobInfo?> StatAsync(string key, CancellationToken cancellation = default) => Guard("look at", key, path => LocalFiles.Stat(path, key));

    public async IAsyncEnumerable<BlobInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await ValueTask.CompletedTask;
        using var blobs = LocalFiles.Walk(_root, BlobKey.CheckedPrefix(prefix)).GetEnumerator();
        while (Next())
        {
            cancellation.ThrowIfCancellationRequested();
            yield return blobs.Current;
        }

        bool Next()
        {
            try
            {
                return blobs.MoveNext();
            }
            catch (Exception e) when (LocalErrors.IsExpected(e))
            {
                throw LocalErrors.Translate(e, "list", _root);
            }
        }
    }

    public ValueTask<IBlobReader> OpenAsync(string key, CancellationToken cancellation = default) => Guard<IBlobReader>("open", key, path =>
    {
        var handle = File.OpenHandle(path, options: FileOptions.RandomAccess, share: FileShare.ReadWrite | FileShare.Delete);
        try
        {
            var modified = File.GetLastWriteTimeUtc(handle);
            var length = RandomAccess.GetLength(handle);
            return new LocalBlobReader(handle, new BlobInfo(key, length, LocalFiles.Tag(modified, length), new DateTimeOffset(modified, TimeSpan.Zero)), path);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    });

    public async ValueTask<BlobInfo> WriteAsync(string key, Func<Stream, CancellationToken, ValueTask> content, BlobCondition condition = default, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var path = PathOf(key);
        var folder = Path.GetDirectoryName(path)!;
        string? temporary = null;
        try
        {
            if (condition.IsCreateOnly && File.Exists(path)) throw Taken(path);
            Prepare(folder);
            temporary = Path.Combine(folder, LocalFiles.TemporaryName());
            await FillAsync(temporary, content, cancellation);
            using var held = await DirectoryLock.TakeAsync(folder, time, cancellation);
            var published = Publish(temporary, path, key, condition);
            held.Sync();
            return published;
        }
        catch (Exception e) when (LocalErrors.IsExpected(e))
        {
            throw LocalErrors.Translate(e, "write", path);
        }
        finally
        {
            if (temporary is not null) Discard(temporary);
        }
    }

    public async ValueTask<bool> DeleteAsync(string key, BlobCondition condition = default, CancellationToken cancellation = default)
    {
        if (condition.IsCreateOnly) throw new ArgumentException("A delete cannot be create-only.", nameof(condition));
        var path = PathOf(key);
        try
        {
            if (LocalFiles.Stat(path, key) is null) return false;
            using var held = await DirectoryLock.TakeAsync(Path.GetDirectoryName(path)!, time, cancellation);
            var current = LocalFiles.Stat(path, key);
            if (current is null) return false;
            if (condition.ETag is { } wanted && wanted != current.ETag) throw Replaced(path, wanted, current);
            File.Delete(path);
            held.Sync();
            return true;
        }
        catch (Exception e) when (LocalErrors.IsExpected(e))
        {
            throw LocalErrors.Translate(e, "delete", path);
        }
    }

    private static async ValueTask FillAsync(string temporary, Func<Stream, CancellationToken, ValueTask> content, CancellationToken cancellation)
    {
        await using var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 1 << 16 });
        await content(file, cancellation);
        await file.FlushAsync(cancellation);
        file.Flush(flushToDisk: true);
    }

    private BlobInfo Publish(string temporary, string path, string key, BlobCondition condition)
    {
        var current = LocalFiles.Stat(path, key);
        if (condition.IsCreateOnly && current is not null) throw Taken(path);
        if (condition.ETag is { } wanted && wanted != current?.ETag) throw Replaced(path, wanted, current);

        // the tag holds the time: two versions within one tick of the clock, or a clock set back, must still differ
        var now = time.GetUtcNow().UtcDateTime;
        if (current is not null && now <= current.Modified.UtcDateTime) now = current.Modified.UtcDateTime.AddTicks(1);
        File.SetLastWriteTimeUtc(temporary, now);

        if (!condition.IsCreateOnly) File.Move(temporary, path, overwrite: true);
        else if (NativeMethods.Link(temporary, path) != 0)
        {
            if (Marshal.GetLastPInvokeError() == NativeMethods.Exists) throw Taken(path);
            // a file system without hard links: we hold the folder's lock
            File.Move(temporary, path, overwrite: false);
        }

        return LocalFiles.Describe(new FileInfo(path), key);
    }

    private void Prepare(string folder)
    {
        if (Directory.Exists(folder))
        {
            if (_tidied.TryAdd(folder, true)) LocalFiles.RemoveAbandoned(folder, (time.GetUtcNow() - AbandonedAfter).UtcDateTime);
            return;
        }

        Directory.CreateDirectory(folder);
        // the new folders' own names must survive a power cut, too
        for (var parent = Path.GetDirectoryName(folder); parent is not null && parent.Length >= _root.Length; parent = Path.GetDirectoryName(parent))
        {
            var descriptor = NativeMethods.Open(parent, NativeMethods.ReadOnlyDirectory);
            if (descriptor < 0) continue;
            _ = NativeMethods.Sync(descriptor);
            _ = NativeMethods.Close(descriptor);
        }
    }

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (LocalErrors.IsExpected(e))
        {
            // the next writer in this folder removes it in a day
        }
    }

    private ValueTask<T> Guard<T>(string what, string key, Func<string, T> call)
    {
        var path = PathOf(key);
        try
        {
            return ValueTask.FromResult(call(path));
        }
        catch (Exception e) when (LocalErrors.IsExpected(e))
        {
            return ValueTask.FromException<T>(LocalErrors.Translate(e, what, path));
        }
    }

    private string PathOf(string key)
    {
        var path = Path.Combine(_root, BlobKey.Checked(key));
        return !LocalFiles.IsTemporary(Path.GetFileName(path)) ? path
            : throw new StorageException(StorageFault.Invalid, $"'{key}' cannot be the name of a blob: the folder store keeps such names for itself.");
    }

    private static StorageException Taken(string path)
        => new(StorageFault.ConditionFailed, $"{path} exists already and was to be created: nothing was written.");

    private static StorageException Replaced(string path, string wanted, BlobInfo? current)
        => new(StorageFault.ConditionFailed, $"{path} was to be version {wanted} but {(current is null ? "does not exist" : $"is version {current.ETag}")}: nothing was changed.");
}
