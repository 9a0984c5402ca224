using System.Text.Json;
using MammutScale.TestKit;

namespace MammutScale.DataLoader.Tests.Parquet;

/// <summary>Files of arrow-rs, Polars and hyparquet-writer: their codecs, encodings, page versions and spellings of lists.</summary>
public sealed class ForeignFilesTests(ForeignFilesTests.Written written) : IClassFixture<ForeignFilesTests.Written>
{
    [Fact]
    public void EveryColumn_OfEveryFile_IsReadBack()
    {
        written.Columns.Count.ShouldBeGreaterThan(100);
        foreach (var (file, column, texts) in written.Columns)
        {
            var found = column switch
            {
                "list" => written.Folder.Lists(file, "list"),
                "blob" => written.Folder.Bytes(file, column).Select(b => b is null ? null : Convert.ToHexStringLower(b)),
                _ => written.Folder.Texts(file, column),
            };
            found.ShouldBe(texts, $"{file}, {column}");
        }
    }

    [Fact]
    public void Files_CoverEveryWriterAndEncoding()
    {
        var names = written.Columns.Select(c => c.File).Distinct().ToList();
        names.Count(n => n.StartsWith("rs-", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(28);
        names.Count(n => n.StartsWith("pl-", StringComparison.Ordinal)).ShouldBe(12);
        names.Count(n => n.StartsWith("hy-", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(14);
    }

    /// <summary>The files, written once.</summary>
    public sealed class Written : IDisposable
    {
        public Written()
        {
            foreach (var line in NodeTools.Run("write-parquet.mjs", Folder.Path).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var document = JsonDocument.Parse(line);
                var root = document.RootElement;
                Columns.Add((root.GetProperty("file").GetString()!, root.GetProperty("column").GetString()!, [.. root.GetProperty("texts").EnumerateArray().Select(t => t.GetString())]));
            }
        }

        internal TestFolder Folder { get; } = new();

        internal List<(string File, string Column, string?[] Texts)> Columns { get; } = [];

        public void Dispose() => Folder.Dispose();
    }
}
