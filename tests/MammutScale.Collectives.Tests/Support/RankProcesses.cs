using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace MammutScale.Collectives.Tests.Support;

/// <summary>Real processes, one a rank, that all-reduce without end; see the program MammutScale.Collectives.Rank.</summary>
internal sealed class RankProcesses : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly List<Process> _processes = [];
    private readonly List<Channel<string>> _lines = [];

    public int IdOf(int rank) => _processes[rank].Id;

    /// <summary>Starts all ranks and waits until each has done a few rounds.</summary>
    /// <param name="prefix">A command before the program's, by rank.</param>
    /// <param name="mode">"member" (TCP) or "gpu" (NCCL).</param>
    /// <param name="nccl">The file to use as NCCL and CUDA runtime.</param>
    public static async Task<RankProcesses> StartAsync(int world, long bytes, string settings = "", Func<int, string[]>? prefix = null, string mode = "member", string? nccl = null)
    {
        var ranks = new RankProcesses();
        try
        {
            var endPoints = new List<string>();
            for (int rank = 0; rank < world; rank++) ranks.Start(mode, rank, bytes, settings, prefix?.Invoke(rank) ?? [], nccl);
            for (int rank = 0; rank < world; rank++) endPoints.Add(await ranks.HearAsync(rank, "port"));
            foreach (var process in ranks._processes) Tell(process, $"start {Convert.ToHexString(Groups.Secret)} 1 {string.Join(' ', endPoints)}");
            for (int rank = 0; rank < world; rank++) await ranks.HearAsync(rank, "round");
            return ranks;
        }
        catch
        {
            ranks.Dispose();
            throw;
        }
    }

    /// <summary>The next line of a rank that begins with a word; without the word.</summary>
    public async Task<string> HearAsync(int rank, string word)
    {
        using var patience = new CancellationTokenSource(Patience);
        var heard = new List<string>();
        try
        {
            await foreach (string line in _lines[rank].Reader.ReadAllAsync(patience.Token))
            {
                if (line.StartsWith(word, StringComparison.Ordinal)) return line[word.Length..].Trim();
                heard.Add(line);
            }
        }
        catch (OperationCanceledException)
        {
            // told below
        }
        throw new InvalidOperationException($"Rank {rank} never said '{word}', but: {string.Join(" | ", heard.TakeLast(5))}");
    }

    /// <summary>How a rank's group came to its end.</summary>
    public async Task<Failure> FailureAsync(int rank)
    {
        string[] words = (await HearAsync(rank, "failed")).Split(' ', 3);
        return new Failure(words[0] == "?" ? null : int.Parse(words[0], CultureInfo.InvariantCulture), TimeSpan.FromMilliseconds(double.Parse(words[1], CultureInfo.InvariantCulture)), words[2]);
    }

    public void Signal(int rank, string signal)
    {
        using var kill = Process.Start("/bin/kill", [$"-{signal}", $"{IdOf(rank)}"])!;
        kill.WaitForExit();
    }

    public async Task StopAsync()
    {
        foreach (var process in _processes) Tell(process, "stop");
        foreach (int rank in Enumerable.Range(0, _processes.Count)) await HearAsync(rank, "done");
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }
    }

    private static void Tell(Process process, string line)
    {
        process.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
    }

    private void Start(string mode, int rank, long bytes, string settings, string[] prefix, string? nccl)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "MammutScale.Collectives.Rank.dll");
        string[] command = [.. prefix, Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", program, mode, $"{rank}", $"{bytes}", .. settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var process = new Process { StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true } };
        if (nccl is not null) process.StartInfo.Environment["MAMMUT_NCCL"] = process.StartInfo.Environment["MAMMUT_CUDART"] = nccl;
        var lines = Channel.CreateUnbounded<string>();
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null) lines.Writer.TryComplete();
            else lines.Writer.TryWrite(e.Data);
        };
        process.ErrorDataReceived += (_, e) => lines.Writer.TryWrite($"stderr: {e.Data}");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
        _lines.Add(lines);
    }

    internal sealed record Failure(int? Rank, TimeSpan SinceLastGood, string Message);
}
