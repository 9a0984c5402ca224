using System.Collections.Concurrent;
using MammutScale.DataLoader.Indexing;
using MammutScale.Storage;

namespace MammutScale.DataLoader.Pipeline.Rows;

/// <summary>The files of an index; each root's store is opened once.</summary>
internal sealed class IndexedFiles(DatasetIndex index, TimeProvider time) : IFileLayout
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
        return (_stores.GetOrAdd(found.Root, root => BlobStores.Open(root, time)), found.Key);
    }
}
