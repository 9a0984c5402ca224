using MammutScale.Storage;

namespace MammutScale.DataLoader.Pipeline.Rows;

/// <summary>A short list of files whose footers have been read.</summary>
internal sealed class ListedFiles(IReadOnlyList<(IBlobStore Store, string Key, int RowGroups)> files) : IFileLayout
{
    private readonly int[] _firstGroups = [.. Starts(files)];

    public (int File, int Number) Locate(int rowGroup)
    {
        int file = Array.BinarySearch(_firstGroups, rowGroup);
        if (file < 0) file = ~file - 1;
        // A file without row groups begins where the next one does.
        while (file + 1 < _firstGroups.Length && _firstGroups[file + 1] == rowGroup) file++;
        return (file, rowGroup - _firstGroups[file]);
    }

    public (IBlobStore Store, string Key) FileAt(int file) => (files[file].Store, files[file].Key);

    private static IEnumerable<int> Starts(IReadOnlyList<(IBlobStore, string, int RowGroups)> files)
    {
        int start = 0;
        foreach (var file in files)
        {
            yield return start;
            start += file.RowGroups;
        }
    }
}
