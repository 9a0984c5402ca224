using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace MammutScale.TestKit;

/// <summary>The real command line as a process of its own, with its output and the processes it starts.</summary>
public sealed partial class MammutProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<string> _dashboard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private MammutProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _output), ReadAsync(process.StandardError, _errors));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    public static MammutProcess Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = Repository.Root };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(Repository.Output("MammutScale.Cli"), "mammut.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new MammutProcess(process);
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(TimeSpan limit, params IEnumerable<string> arguments)
    {
        await using var process = Start(arguments);
        await process.WaitForExitAsync(limit);
        return (process.ExitCode, process.Output, process.Errors);
    }

    public async Task WaitForExitAsync(TimeSpan limit)
    {
        using var stop = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(stop.Token);
            await _reading.WaitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"mammut did not end within {limit.TotalSeconds} s. It said:\n{Output}\n{Errors}");
        }
    }

    /// <summary>The dashboard's address, as soon as it has been printed.</summary>
    public async Task<Uri> DashboardAsync(TimeSpan limit)
    {
        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(_dashboard.Task, ended, Task.Delay(limit)) == _dashboard.Task) return new Uri(await _dashboard.Task);
        throw new TimeoutException($"mammut printed no dashboard address. It said:\n{Output}\n{Errors}");
    }

    /// <summary>Asks the dashboard until <paramref name="done"/> holds for the newest run; fails at once when the command has ended.</summary>
    public async Task<JsonElement> WaitForRunAsync(Func<JsonElement, bool> done, TimeSpan limit, string waitingFor)
    {
        var address = await DashboardAsync(limit);
        using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
        var clock = Stopwatch.StartNew();
        string last = "nothing";
        while (clock.Elapsed < limit)
        {
            try
            {
                using var runs = JsonDocument.Parse(await http.GetStringAsync("api/runs"));
                var list = runs.RootElement.GetProperty("runs");
                if (list.GetArrayLength() > 0)
                {
                    var run = list[list.GetArrayLength() - 1].GetProperty("run").Clone();
                    last = run.GetRawText();
                    if (done(run)) return run;
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or JsonException)
            {
                last = error.Message;
            }

            if (HasExited) throw new InvalidOperationException($"mammut ended with {ExitCode} while waiting for {waitingFor}. It said:\n{Output}\n{Errors}");
            await Task.Delay(200);
        }

        throw new TimeoutException($"{waitingFor} did not come within {limit.TotalSeconds} s. The run: {last}\nmammut said:\n{Output}\n{Errors}");
    }

    /// <summary>The loss of every step so far, by step.</summary>
    public async Task<double[]> LossesAsync(string runId)
    {
        using var http = new HttpClient { BaseAddress = await DashboardAsync(TimeSpan.FromSeconds(5)) };
        using var history = JsonDocument.Parse(await http.GetStringAsync($"api/runs/{runId}/history?buckets=4000"));
        int loss = history.RootElement.GetProperty("names").EnumerateArray().Select(n => n.GetString()).ToList().IndexOf("loss");
        return [.. history.RootElement.GetProperty("mean")[loss].EnumerateArray().Select(v => v.GetDouble())];
    }

    /// <summary>Every process that descends from this one, by command line.</summary>
    public IReadOnlyList<(int Id, string Command)> Descendants() => [.. ProcessTree.Descendants(Id)];

    public void Signal(int signal) => SendSignal(Id, signal);

    public static void SendSignal(int id, int signal) => _ = Kill(id, signal);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            foreach (var (id, _) in Descendants()) SendSignal(id, 9);
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, StringBuilder into)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (into) into.AppendLine(line);
            if (line.StartsWith("Dashboard: ", StringComparison.Ordinal)) _dashboard.TrySetResult(line["Dashboard: ".Length..]);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int id, int signal);
}

/// <summary>Reads /proc.</summary>
public static class ProcessTree
{
    public static IEnumerable<(int Id, string Command)> Descendants(int root)
    {
        var parents = new Dictionary<int, int>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int id)) continue;
            try
            {
                string stat = File.ReadAllText(Path.Combine(folder, "stat"));
                parents[id] = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
            }
            catch (IOException)
            {
                // the process has just ended
            }
        }

        foreach (int id in parents.Keys)
        {
            for (int up = id; parents.TryGetValue(up, out int parent) && parent > 1; up = parent)
            {
                if (parent != root) continue;
                yield return (id, Command(id));
                break;
            }
        }
    }

    /// <summary>The command line of a process; empty when it is gone.</summary>
    public static string Command(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ').Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>The process runs (a zombie does not).</summary>
    public static bool Runs(int id) => Command(id).Length > 0;
}
