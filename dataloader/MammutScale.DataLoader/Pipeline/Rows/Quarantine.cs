using System.Text.Encodings.Web;
using System.Text.Json;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Pipeline.Rows;

/// <summary>Counts bad rows, lists each once, and stops the stream when there are too many. Thread-safe.</summary>
internal sealed class Quarantine(double maxShare, int after, string? path) : IDisposable
{
    private const int MostListed = 100_000;

    private static readonly JsonSerializerOptions Lines = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _gate = new();
    private readonly HashSet<SampleId> _listed = [];
    private readonly List<BadRow> _rows = [];
    private readonly Dictionary<string, long> _reasons = [];
    private StreamWriter? _file;
    private long _good, _bad, _failed;

    internal long Bad => Interlocked.Read(ref _bad);

    internal long Failed => Interlocked.Read(ref _failed);

    internal void CountGood() => Interlocked.Increment(ref _good);

    internal void CountFailed() => Interlocked.Increment(ref _failed);

    /// <exception cref="DataFormatException">The share of bad rows is above the limit.</exception>
    internal void Add(SampleId id, BadRow row)
    {
        lock (_gate)
        {
            _bad++;
            _reasons[row.Reason] = _reasons.GetValueOrDefault(row.Reason) + 1;
            if (_listed.Count < MostListed && _listed.Add(id))
            {
                _rows.Add(row);
                Write(row);
            }
            long seen = _bad + Interlocked.Read(ref _good);
            if (seen >= after && _bad > maxShare * seen) throw new DataFormatException(TooMany(seen));
        }
    }

    internal IReadOnlyList<BadRow> Rows()
    {
        lock (_gate) return [.. _rows];
    }

    internal IReadOnlyDictionary<string, long> Reasons()
    {
        lock (_gate) return new Dictionary<string, long>(_reasons);
    }

    public void Dispose()
    {
        lock (_gate) _file?.Dispose();
    }

    private void Write(BadRow row)
    {
        if (path is null) return;
        if (_file is null)
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
            _file = new StreamWriter(path, append: true) { AutoFlush = true };
        }
        _file.WriteLine(JsonSerializer.Serialize(row, Lines));
    }

    private string TooMany(long seen)
    {
        var (reason, count) = _reasons.MaxBy(r => r.Value);
        var example = _rows.FirstOrDefault(r => r.Reason == reason);
        string where = example is null ? "" : $" (first: {example.File}, row {example.Row})";
        string list = path is null ? "" : $" All are listed in {path}.";
        return $"{_bad} of the first {seen} rows are bad ({(double)_bad / seen:P1}), above the limit of {maxShare:P1}: most often '{reason}', {count} times{where}.{list} Repair the data, or raise max_bad_share.";
    }
}
