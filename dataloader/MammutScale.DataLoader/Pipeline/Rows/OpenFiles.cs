using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Parquet;

namespace MammutScale.DataLoader.Pipeline.Rows;

/// <summary>Keeps the files in use open, and a bounded number of others: a data set may have millions.</summary>
internal sealed class OpenFiles(IFileLayout layout, DataRoles roles, int keep = 64) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Entry> _open = [];
    private readonly LinkedList<int> _idle = new();

    /// <summary>The file with the roles of its columns; give it back by disposing the lease.</summary>
    internal async ValueTask<Lease> OpenAsync(int file, CancellationToken cancellation)
    {
        Entry entry;
        lock (_gate)
        {
            if (!_open.TryGetValue(file, out entry!)) _open[file] = entry = new Entry(OpenOneAsync(file));
            if (entry.Users++ == 0 && entry.Idle is { } node) { _idle.Remove(node); entry.Idle = null; }
        }
        try
        {
            var (parquet, columns) = await entry.File.WaitAsync(cancellation).ConfigureAwait(false);
            return new Lease(this, file, parquet, columns);
        }
        catch
        {
            Return(file);
            throw;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var entry in _open.Values) Close(entry);
            _open.Clear();
            _idle.Clear();
        }
    }

    private async Task<(ParquetFile, DataRoles)> OpenOneAsync(int file)
    {
        var (store, key) = layout.FileAt(file);
        var parquet = await ParquetFile.OpenAsync(store, key).ConfigureAwait(false);
        try
        {
            return (parquet, roles.In(parquet));
        }
        catch
        {
            parquet.Dispose();
            throw;
        }
    }

    private void Return(int file)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(file, out var entry) || --entry.Users > 0) return;
            entry.Idle = _idle.AddLast(file);
            // A file that could not be opened is asked again next time.
            if (entry.File.IsFaulted) Forget(file);
            else if (_idle.Count > keep) Forget(_idle.First!.Value);
        }
    }

    private void Forget(int file)
    {
        var entry = _open[file];
        _idle.Remove(entry.Idle!);
        _open.Remove(file);
        Close(entry);
    }

    private static void Close(Entry entry) => entry.File.ContinueWith(t => t.Result.Parquet.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);

    private sealed class Entry(Task<(ParquetFile Parquet, DataRoles Roles)> file)
    {
        internal Task<(ParquetFile Parquet, DataRoles Roles)> File { get; } = file;

        internal int Users { get; set; }

        internal LinkedListNode<int>? Idle { get; set; }
    }

    internal readonly struct Lease(OpenFiles owner, int number, ParquetFile file, DataRoles roles) : IDisposable
    {
        internal ParquetFile File { get; } = file;

        internal DataRoles Roles { get; } = roles;

        public void Dispose() => owner.Return(number);
    }
}
