using MammutScale.DataLoader.Indexing;
using MammutScale.DataLoader.Indexing.Building;
using MammutScale.DataLoader.Inspection.Facts;
using MammutScale.DataLoader.Inspection.Previews;
using MammutScale.DataLoader.Subsets;

namespace MammutScale.DataLoader.Inspection;

/// <summary>`data inspect`: what a data set holds, from its footers and a few row groups.</summary>
public static class DataInspector
{
    /// <param name="paths">Files, folders, globs, <c>az://</c> addresses.</param>
    /// <exception cref="DataFormatException">Files cannot be read, or a mapping does not fit; names them.</exception>
    /// <exception cref="Places.DataPlaceException">A path leads to no data.</exception>
    /// <exception cref="SubsetException">A condition cannot be resolved.</exception>
    public static async Task<DataInspection> InspectAsync(IReadOnlyList<string> paths, InspectOptions options, CancellationToken cancellation = default)
    {
        var facts = await DataSetFacts.ReadAsync(paths, options.Mapping, options.Parallel, options.Time, options.Cache, cancellation);
        var sampler = new RowSampler(facts, options.Samples, options.CaptionRows);
        await sampler.RunAsync(cancellation);
        var index = options.Subset.Where is null && options.Subset.Only is null ? null : await CountAsync(paths, options, cancellation);
        return new DataInspection
        {
            Files = facts.Files.Count,
            RowGroups = facts.Files.Sum(file => (long)file.GroupRows.Length),
            Rows = facts.Files.Sum(file => file.Rows),
            Bytes = facts.Files.Sum(file => file.Source.Blob.Length),
            Kind = facts.Roles.Kind,
            Roles = facts.Roles.Assignments,
            Codecs = [.. facts.Files.SelectMany(file => file.Codecs).Distinct().Order(StringComparer.Ordinal)],
            Columns = ColumnsOf(facts.Files),
            Captions = sampler.Captions,
            Samples = sampler.Samples,
            Subset = index?.Subset,
            SelectedRows = index?.SelectedRows,
            Notes = NotesOn(facts),
        };
    }

    private static Task<DatasetIndex> CountAsync(IReadOnlyList<string> paths, InspectOptions options, CancellationToken cancellation) =>
        IndexBuilder.BuildAsync(paths, new IndexOptions { Subset = options.Subset, ExactCounts = true, Parallel = options.Parallel, Time = options.Time, Cache = options.Cache }, cancellation);

    private static List<ColumnTypes> ColumnsOf(IReadOnlyList<FileFacts> files)
    {
        var columns = new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
        foreach (var file in files)
            foreach (var (name, type) in file.Types)
            {
                if (!columns.TryGetValue(name, out var types))
                    columns[name] = types = new Dictionary<string, int>(StringComparer.Ordinal);
                types[type] = types.GetValueOrDefault(type) + 1;
            }

        return [.. columns.Select(column => new ColumnTypes(column.Key, column.Value, files.Count - column.Value.Values.Sum()))];
    }

    private static List<string> NotesOn(DataSetFacts facts)
    {
        var notes = new List<string>();
        try
        {
            facts.Roles.EnsureUsable();
        }
        catch (DataFormatException unusable)
        {
            notes.Add(unusable.Message);
        }

        if (facts.Files.Sum(file => file.Rows) == 0)
            notes.Add("the data set has no rows");
        return notes;
    }
}
