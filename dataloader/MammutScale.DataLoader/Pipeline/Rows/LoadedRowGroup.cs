using MammutScale.DataLoader.Columns;

namespace MammutScale.DataLoader.Pipeline.Rows;

/// <summary>A row group in memory, and how a message calls its rows.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Number">Number of the row group in the file.</param>
/// <param name="FirstRow">Rows of the file before it.</param>
internal sealed record LoadedRowGroup(SampleColumns Columns, string File, int Number, long FirstRow) : IDisposable
{
    internal long Bytes => Columns.Data.Bytes;

    public void Dispose() => Columns.Data.Dispose();
}
