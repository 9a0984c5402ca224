using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Places;

namespace MammutScale.DataLoader.Inspection.Verifying;

/// <summary>A file that is opened when its first row group is due and closed after its last one.</summary>
internal sealed class SharedFile(DataFile source, DataRoles roles, int rowGroups)
{
    private readonly SemaphoreSlim _opening = new(1);
    private ParquetFile? _file;
    private DataRoles? _roles;
    private int _left = rowGroups;

    public async Task<(ParquetFile File, DataRoles Roles)> OpenAsync(CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation);
        try
        {
            _file ??= await ParquetFile.OpenAsync(source.Store, source.Blob.Key, cancellation);
            return (_file, _roles ??= roles.In(_file));
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>One row group less to go.</summary>
    public void Done()
    {
        if (Interlocked.Decrement(ref _left) == 0)
            _file?.Dispose();
    }
}
