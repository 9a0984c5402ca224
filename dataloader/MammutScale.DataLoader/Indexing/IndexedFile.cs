using MammutScale.DataLoader.Places;

namespace MammutScale.DataLoader.Indexing;

/// <summary>A file of an index.</summary>
/// <param name="Root">Address of its store.</param>
/// <param name="Key">Its key there.</param>
/// <param name="Length">Bytes.</param>
/// <param name="FirstRowGroup">Number of its first row group in the index.</param>
public sealed record IndexedFile(string Root, string Key, long Length, int FirstRowGroup, int RowGroups)
{
    public string Address => DataAddress.Join(Root, Key);
}

/// <summary>A row group of an index.</summary>
/// <param name="File">Number of its file.</param>
/// <param name="Number">Its number in the file.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Selected">Rows that the subset keeps.</param>
/// <param name="Offset">First byte in the file.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct IndexedRowGroup(int File, int Number, int Rows, int Selected, long Offset, long Length);
