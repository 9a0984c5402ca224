using MammutScale.DataLoader.Places;
using MammutScale.Storage;

namespace MammutScale.DataLoader.Indexing;

/// <summary>Reads and writes an index at an address: a file or <c>az://…</c>.</summary>
public static class IndexStore
{
    /// <exception cref="IndexException">There is none, or it is damaged or of another version.</exception>
    public static async Task<DatasetIndex> LoadAsync(string address, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        try
        {
            var (store, key) = DataPlace.OfFile(address, time);
            return IndexFile.Read((await store.ReadAllAsync(key, cancellation)).Bytes, address);
        }
        catch (Exception fault) when (fault is StorageException or DataPlaceException)
        {
            throw new IndexException($"the index {address} cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>Writes the index whole, or not at all.</summary>
    public static async Task SaveAsync(DatasetIndex index, string address, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        try
        {
            var (store, key) = DataPlace.OfFile(address, time);
            await store.WriteAsync(key, IndexFile.Write(index.Header, index.Entries()), BlobCondition.Always, cancellation);
        }
        catch (Exception fault) when (fault is StorageException or DataPlaceException)
        {
            throw new IndexException($"the index {address} cannot be written: {fault.Message}", fault);
        }
    }
}
