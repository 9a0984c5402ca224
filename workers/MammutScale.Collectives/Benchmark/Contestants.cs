using System.Diagnostics;
using System.Globalization;

namespace MammutScale.Collectives.Benchmark;

/// <summary>
/// The processes of one candidate, one a rank. They are told what to do by lines on stdin and answer on stdout:
/// "run WHAT BYTES REPETITIONS" is answered by "ms T T T …".
/// </summary>
internal sealed class Contestants : IDisposable
{
    private readonly List<Process> _processes = [];

    public int World => _processes.Count;

    public void Add(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        var process = Process.Start(start) ?? throw new CollectiveException($"{start.FileName} could not be started.");
        process.ErrorDataReceived += (_, line) => LastWords = line.Data ?? LastWords;
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    /// <summary>The last line on anybody's stderr.</summary>
    public string LastWords { get; private set; } = "";

    public async Task TellAsync(int rank, string line)
    {
        await _processes[rank].StandardInput.WriteLineAsync(line).ConfigureAwait(false);
        await _processes[rank].StandardInput.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>The next line of a rank's output that begins with a word; without that word.</summary>
    /// <exception cref="CollectiveException">The process has ended.</exception>
    public async Task<string> HearAsync(int rank, string word, CancellationToken cancellation)
    {
        while (await _processes[rank].StandardOutput.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith(word, StringComparison.Ordinal)) return line[word.Length..].Trim();
        }
        throw new CollectiveException($"The process of rank {rank} ended: {LastWords}", rank);
    }

    /// <returns>Milliseconds: the median over the repetitions, of the slowest rank.</returns>
    public async Task<double> MeasureAsync(string what, long bytes, int repetitions, CancellationToken cancellation)
    {
        for (int rank = 0; rank < World; rank++) await TellAsync(rank, $"run {what} {bytes} {repetitions}").ConfigureAwait(false);
        double slowest = 0;
        for (int rank = 0; rank < World; rank++)
        {
            string answer = await HearAsync(rank, "ms", cancellation).ConfigureAwait(false);
            var times = answer.Split(' ').Select(t => double.Parse(t, CultureInfo.InvariantCulture)).Order().ToList();
            slowest = Math.Max(slowest, times[times.Count / 2]);
        }
        return slowest;
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            try
            {
                process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // it has ended by itself
            }
            process.Dispose();
        }
    }
}
