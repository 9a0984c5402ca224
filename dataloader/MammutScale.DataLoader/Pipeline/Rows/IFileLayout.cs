using MammutScale.Storage;

namespace MammutScale.DataLoader.Pipeline.Rows;

/// <summary>Where the row groups of a source are. Row groups are numbered through all of its files.</summary>
internal interface IFileLayout
{
    /// <summary>The file of a row group, and its number there.</summary>
    (int File, int Number) Locate(int rowGroup);

    (IBlobStore Store, string Key) FileAt(int file);
}
