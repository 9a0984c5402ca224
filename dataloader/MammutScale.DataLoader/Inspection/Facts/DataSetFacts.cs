using System.Collections.Concurrent;
using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Places;
using MammutScale.Storage;
using MammutScale.Storage.Cache;

namespace MammutScale.DataLoader.Inspection.Facts;

/// <summary>The footers of all files of a data set, and what its columns are for.</summary>
internal sealed record DataSetFacts(IReadOnlyList<FileFacts> Files, DataRoles Roles)
{
    private const int FaultsTold = 5;

    /// <exception cref="DataFormatException">Files cannot be read at all, or lack columns that the first one has; names them.</exception>
    public static async Task<DataSetFacts> ReadAsync(IReadOnlyList<string> paths, ColumnMapping? mapping, int parallel, TimeProvider? time, DiskCache? cache, CancellationToken cancellation)
    {
        var sources = await DataPlace.FindAsync(paths, time, cache, cancellation);
        var facts = new FileFacts[sources.Count];
        var faults = new ConcurrentDictionary<int, string>();
        DataRoles? roles = null;
        for (var first = 0; first < sources.Count && roles is null; first++)
            await ReadOneAsync(first, file => roles = DataRoles.Find(file, mapping));
        await Parallel.ForEachAsync(
            Enumerable.Range(0, sources.Count).Where(number => facts[number] is null && !faults.ContainsKey(number)),
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellation },
            async (number, _) => await ReadOneAsync(number, file => roles!.In(file)));
        if (!faults.IsEmpty)
        {
            var told = faults.OrderBy(fault => fault.Key).Take(FaultsTold).Select(fault => fault.Value);
            var more = faults.Count > FaultsTold ? $"; and {faults.Count - FaultsTold} more" : "";
            throw new DataFormatException($"{faults.Count} of {sources.Count} files cannot be read: {string.Join("; ", told)}{more}");
        }

        return new DataSetFacts(facts, roles!);

        async Task ReadOneAsync(int number, Action<ParquetFile> look)
        {
            try
            {
                using var file = await ParquetFile.OpenAsync(sources[number].Store, sources[number].Blob.Key, cancellation);
                look(file);
                facts[number] = Of(sources[number], file.Metadata);
            }
            catch (Exception fault) when (fault is DataFormatException or StorageException)
            {
                faults[number] = fault.Message;
            }
        }
    }

    private static FileFacts Of(DataFile source, FileMetadata metadata) => new(
        source,
        [.. metadata.RowGroups.Select(group => group.Rows)],
        metadata.RowGroups.SelectMany(group => group.Columns).Select(chunk => NameOf(chunk.Codec)).ToHashSet(StringComparer.Ordinal),
        metadata.Schema.Leaves.DistinctBy(leaf => leaf.Path).ToDictionary(leaf => leaf.Path, leaf => leaf.Type is PhysicalType.ByteArray or PhysicalType.FixedLengthByteArray
            ? leaf.Kind.ToString().ToLowerInvariant()
            : $"{leaf.Kind.ToString().ToLowerInvariant()} ({leaf.Type.ToString().ToLowerInvariant()})"));

    private static string NameOf(CompressionCodec codec) => codec switch
    {
        CompressionCodec.Lz4Hadoop => "lz4",
        CompressionCodec.Lz4Raw => "lz4_raw",
        _ => codec.ToString().ToLowerInvariant(),
    };
}
