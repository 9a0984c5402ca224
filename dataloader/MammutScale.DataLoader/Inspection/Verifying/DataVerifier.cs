using System.Collections.Concurrent;
using MammutScale.DataLoader.Inspection.Facts;

namespace MammutScale.DataLoader.Inspection.Verifying;

/// <summary>`data verify`: reads and decodes every row, in parallel by row groups.</summary>
public sealed class DataVerifier
{
    private readonly DataSetFacts _facts;
    private readonly VerifyOptions _options;
    private readonly ConcurrentBag<IMediaCheck> _checks = [];
    private readonly Dictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private readonly List<(int File, long Row, string Reason)> _bad = [];
    private readonly Lock _gate = new();
    private readonly long _rows;
    private RowDigest _digest;
    private long _done;
    private long _good;
    private long _failed;

    private DataVerifier(DataSetFacts facts, VerifyOptions options) => (_facts, _options, _rows) = (facts, options, facts.Files.Sum(file => file.Rows));

    /// <param name="paths">Files, folders, globs, <c>az://</c> addresses.</param>
    /// <exception cref="DataFormatException">A file cannot be read at all, or the data set has no media; names file and fault.</exception>
    /// <exception cref="Places.DataPlaceException">A path leads to no data.</exception>
    public static async Task<DataVerification> VerifyAsync(IReadOnlyList<string> paths, VerifyOptions options, CancellationToken cancellation = default)
    {
        var facts = await DataSetFacts.ReadAsync(paths, options.Mapping, Math.Max(4, options.Parallel), options.Time, options.Cache, cancellation);
        facts.Roles.EnsureUsable();
        return await new DataVerifier(facts, options).RunAsync(cancellation);
    }

    private async Task<DataVerification> RunAsync(CancellationToken cancellation)
    {
        try
        {
            await Parallel.ForEachAsync(Units(), new ParallelOptions { MaxDegreeOfParallelism = _options.Parallel, CancellationToken = cancellation }, async (unit, token) => await OneAsync(unit, token));
        }
        finally
        {
            foreach (var check in _checks)
                check.Dispose();
        }

        return new DataVerification
        {
            Files = _facts.Files.Count,
            RowGroups = _facts.Files.Sum(file => (long)file.GroupRows.Length),
            Rows = _rows,
            Failed = _failed,
            Good = _good,
            Bad = _bad.Count,
            Reasons = _reasons.OrderByDescending(reason => reason.Value).ThenBy(reason => reason.Key, StringComparer.Ordinal).ToDictionary(),
            Digest = _digest.ToString(),
            BadRows = [.. _bad.Order().Select(bad => new BadRowReport(_facts.Files[bad.File].Source.Address, bad.Row, bad.Reason))],
        };
    }

    private async Task OneAsync(VerifyUnit unit, CancellationToken cancellation)
    {
        var media = _checks.TryTake(out var idle) ? idle : _options.Checks?.Invoke(_facts.Roles.Kind) ?? MediaChecks.For(_facts.Roles);
        try
        {
            var (file, roles) = await unit.Shared.OpenAsync(cancellation);
            Add(unit, await RowGroupCheck.RunAsync(file, roles, unit.Group, unit.Rows, media, cancellation));
        }
        finally
        {
            _checks.Add(media);
            unit.Shared.Done();
        }
    }

    private void Add(VerifyUnit unit, RowGroupCheck found)
    {
        VerifyProgress progress;
        lock (_gate)
        {
            _good += found.Good;
            _failed += found.Failed;
            _done += unit.Rows;
            _digest.Add(found.Digest);
            foreach (var (row, reason) in found.Bad)
            {
                _bad.Add((unit.File, unit.FirstRow + row, reason));
                _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
            }

            progress = new VerifyProgress(_done, _rows, _bad.Count);
        }

        _options.Progress?.Report(progress);
    }

    private IEnumerable<VerifyUnit> Units()
    {
        for (var file = 0; file < _facts.Files.Count; file++)
        {
            var facts = _facts.Files[file];
            var shared = new SharedFile(facts.Source, _facts.Roles, facts.GroupRows.Length);
            long first = 0;
            for (var group = 0; group < facts.GroupRows.Length; group++)
            {
                yield return new VerifyUnit(shared, file, group, first, facts.GroupRows[group]);
                first += facts.GroupRows[group];
            }
        }
    }

    private sealed record VerifyUnit(SharedFile Shared, int File, int Group, long FirstRow, long Rows);
}
