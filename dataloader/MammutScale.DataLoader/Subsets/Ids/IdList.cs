using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Places;
using MammutScale.Storage;

namespace MammutScale.DataLoader.Subsets.Ids;

/// <summary>Reads a list of ids whatever its format; told by its first bytes, not by its name.</summary>
internal static class IdList
{
    /// <exception cref="SubsetException">Not readable as a list of ids.</exception>
    public static async Task<IdSet> ReadAsync(string address, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        try
        {
            var (store, key) = DataPlace.OfFile(address, time);
            using var blob = await store.OpenAsync(key, cancellation);
            var head = new byte[6];
            await blob.ReadAsync(0, head, cancellation);
            using var stream = new BlobStream(blob);
            var ids = NpyIds.IsNpy(head) ? NpyIds.Read(stream, address)
                : head.AsSpan().StartsWith("PAR1"u8) ? await ParquetAsync(store, key, cancellation)
                : TextIds.Read(stream, address);
            return ids.Length > 0 ? new IdSet(ids) : throw new SubsetException($"only: {address} holds no ids");
        }
        catch (Exception fault) when (fault is StorageException or DataFormatException or DataPlaceException)
        {
            throw new SubsetException($"only: {fault.Message}", fault);
        }
    }

    private static async Task<UInt128[]> ParquetAsync(IBlobStore store, string key, CancellationToken cancellation)
    {
        using var file = await ParquetFile.OpenAsync(store, key, cancellation);
        var leaves = file.Schema.Leaves;
        var leaf = IdColumn.Find(file.Schema, leaves.Count == 1 ? leaves[0].Path : null, file.Name)
            ?? throw new SubsetException($"only: {file.Name} has no column uid, key or id, and more than one column: {string.Join(", ", leaves.Select(other => other.Path))}");
        var ids = new List<UInt128>();
        for (var group = 0; group < file.Metadata.RowGroups.Count; group++)
        {
            using var data = await file.ReadRowGroupAsync(group, [leaf], cancellation);
            for (var row = 0; row < data.Rows; row++)
                if (IdColumn.At(data[leaf], row) is { } id)
                    ids.Add(id);
        }

        return [.. ids];
    }
}
