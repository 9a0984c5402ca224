using System.Security.Cryptography;
using System.Text;
using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Indexing;
using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Pipeline.Rows;
using MammutScale.DataLoader.Planning;
using MammutScale.Storage;
using MammutScale.Storage.Cache;

namespace MammutScale.DataLoader.Pipeline;

/// <summary>One source of the mixture: what planning knows of it, and how to read its row groups. Thread-safe.</summary>
public sealed class LoaderSource : IDisposable
{
    private readonly IFileLayout _layout;
    private readonly OpenFiles _files;

    internal LoaderSource(PlanSource plan, IFileLayout layout, DataRoles roles)
    {
        roles.EnsureUsable();
        (Plan, Roles, _layout, _files) = (plan, roles, layout, new OpenFiles(layout, roles));
    }

    public PlanSource Plan { get; }

    public DataRoles Roles { get; }

    /// <summary>Opens a list of Parquet files, every row of them selected. Reads all footers: for data sets of some hundred files; larger ones have an index.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="files">Stores and keys, in the order that the row groups are numbered in.</param>
    /// <param name="mapping">Columns, where names do not tell.</param>
    /// <param name="weight">Share in the mixture; null for the number of rows.</param>
    /// <exception cref="DataFormatException">A file is damaged, differs in its columns, or has no pictures.</exception>
    public static async Task<LoaderSource> OpenAsync(
        string name, IReadOnlyList<(IBlobStore Store, string Key)> files, ColumnMapping? mapping = null, double? weight = null, CancellationToken cancellation = default)
    {
        if (files.Count == 0) throw new DataFormatException($"data source '{name}' has no Parquet files");
        DataRoles? roles = null;
        List<(IBlobStore, string, int)> listed = [];
        List<int> rows = [];
        using var mark = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (store, key) in files)
        {
            using var file = await ParquetFile.OpenAsync(store, key, cancellation).ConfigureAwait(false);
            roles = roles is null ? DataRoles.Find(file, mapping) : Same(roles, file);
            listed.Add((store, key, file.Metadata.RowGroups.Count));
            mark.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(key)}\0{file.Blob.Length}\0{string.Join(',', file.Metadata.RowGroups.Select(g => g.Rows))}\n"));
            foreach (var group in file.Metadata.RowGroups) rows.Add(checked((int)group.Rows));
        }
        string fingerprint = Convert.ToHexStringLower(mark.GetHashAndReset().AsSpan(0, 16));
        return new(new PlanSource(name, fingerprint, rows.ToArray(), weight: weight), new ListedFiles(listed), roles!);
    }

    /// <summary>Opens an indexed data set of any size; only the first file is touched.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="index">Files, row groups and the selected rows.</param>
    /// <param name="mapping">Columns, where names do not tell.</param>
    /// <param name="weight">Share in the mixture; null for the number of selected rows.</param>
    /// <param name="cache">Put before remote stores; the caller disposes it after the source. Null for none.</param>
    /// <exception cref="DataFormatException">The first file is damaged or has no pictures.</exception>
    public static async Task<LoaderSource> OpenAsync(
        string name, DatasetIndex index, ColumnMapping? mapping = null, double? weight = null, DiskCache? cache = null, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        if (index.Files == 0) throw new DataFormatException($"data source '{name}' has no Parquet files");
        var layout = new IndexedFiles(index, time ?? TimeProvider.System, cache);
        var (store, key) = layout.FileAt(0);
        using var first = await ParquetFile.OpenAsync(store, key, cancellation).ConfigureAwait(false);
        return new(index.ToSource(name, weight), layout, DataRoles.Find(first, mapping));
    }

    /// <summary>File and place of a row.</summary>
    public string NameOf(SampleId row)
    {
        var (file, group) = _layout.Locate(row.RowGroup);
        return $"{_layout.FileAt(file).Key}, row {row.Row} of row group {group}";
    }

    public void Dispose() => _files.Dispose();

    /// <exception cref="DataFormatException">It holds clips, and nobody said how many of their frames make a sample.</exception>
    internal void EnsureFits(LoaderOptions options)
    {
        if (Roles.IsVideo && options.Clip is null)
            throw new DataFormatException($"data source '{Plan.Name}' holds clips, and pictures are asked for: say how many frames of a clip make a sample (LoaderOptions.Clip)");
    }

    /// <summary>Reads and decodes a row group; the caller owns it.</summary>
    internal async Task<LoadedRowGroup> ReadAsync(int rowGroup, CancellationToken cancellation)
    {
        var (number, group) = _layout.Locate(rowGroup);
        using var lease = await _files.OpenAsync(number, cancellation).ConfigureAwait(false);
        var file = lease.File;
        if (group >= file.Metadata.RowGroups.Count || file.Metadata.RowGroups[group].Rows < Plan.RowsIn(rowGroup))
            throw new DataFormatException($"{file.Name} has changed since it was indexed: row group {group} is missing or shorter. Build the index again.");
        long before = file.Metadata.RowGroups.Take(group).Sum(g => g.Rows);
        var data = await file.ReadRowGroupAsync(group, lease.Roles.Leaves, cancellation).ConfigureAwait(false);
        return new(SampleColumns.Bind(lease.Roles, data), file.Name, group, before);
    }

    private static DataRoles Same(DataRoles roles, ParquetFile file)
    {
        _ = roles.In(file);
        return roles;
    }
}
