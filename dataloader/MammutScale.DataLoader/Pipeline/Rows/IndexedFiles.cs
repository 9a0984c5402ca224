using System.Collections.Concurrent;
using MammutScale.DataLoader.Indexing;
using MammutScale.Storage;
using MammutScale.Storage.Cache;

namespace MammutScale.DataLoader.Pipeline.Rows;

/// <summary>The files of an index; each root's store is opened once.</summary>
internal sealed class IndexedFiles(DatasetIndex index, TimeProvider time, DiskCache? cache) : IFileLayout
{
    private readonly ConcurrentDictionary<string, IBlobStore> _stores = [];

    public (int File, int Number) Locate(int rowGroup)
    {
        var found = index.RowGroupAt(rowGroup);
        return (found.File, found.Number);
    }

    public (IBlobStore Store, string Key) FileAt(int file)
    {
        var found = index.FileAt(file);
        return (_stores.GetOrAdd(found.Root, Open), found.Key);
    }

    private IBlobStore Open(string root)
    {
        var store = BlobStores.Open(root, time);
        return cache?.Before(store) ?? store;
    }
}
