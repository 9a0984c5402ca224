using System.Diagnostics;

namespace MammutScale.Cli.Cluster;

/// <summary>
/// A process of the local cluster: this program again with another command, in a session of its own so that Ctrl-C reaches
/// only the parent, its output in a log file. The children watch the parent themselves (--parent-pid), so none outlives it.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly Task _copying;
    private readonly Queue<string> _tail = new();

    private ChildProcess(string name, string logFile, Process process)
    {
        (Name, LogFile, _process) = (name, logFile, process);
        _log = new StreamWriter(new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        _copying = Task.WhenAll(CopyAsync(process.StandardOutput), CopyAsync(process.StandardError));
    }

    public string Name { get; }

    public string LogFile { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>The last lines of its output.</summary>
    public IReadOnlyList<string> Tail
    {
        get
        {
            lock (_tail) return [.. _tail];
        }
    }

    public static ChildProcess Start(string name, string logFile, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("setsid") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (string part in SelfCommand()) start.ArgumentList.Add(part);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        start.ArgumentList.Add("--parent-pid");
        start.ArgumentList.Add(Environment.ProcessId.ToString());
        foreach (var (key, value) in environment ?? new Dictionary<string, string>()) start.Environment[key] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"could not start {name}");
        process.StandardInput.Close();
        return new ChildProcess(name, logFile, process);
    }

    /// <summary>The command that runs this program: dotnet with the assembly, or the program itself.</summary>
    public static IReadOnlyList<string> SelfCommand()
    {
        string program = Environment.ProcessPath ?? "dotnet";
        string assembly = Path.Combine(AppContext.BaseDirectory, "mammut.dll");
        return Path.GetFileNameWithoutExtension(program) == "dotnet" || !File.Exists(program) ? [program, "exec", assembly] : [program];
    }

    public Task WaitAsync(CancellationToken cancellation) => _process.WaitForExitAsync(cancellation);

    public void Signal(int signal)
    {
        if (!_process.HasExited) LibC.SendSignal(_process.Id, signal);
    }

    /// <summary>Asks the process to end, and ends it when it has not done so in time.</summary>
    public async Task StopAsync(TimeSpan grace, TimeProvider time)
    {
        if (!_process.HasExited)
        {
            Signal(LibC.Terminate);
            using var limit = new CancellationTokenSource(grace, time);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Signal(LibC.Kill);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        await _copying;
    }

    public void Dispose()
    {
        Signal(LibC.Kill);
        _process.Dispose();
        _log.Dispose();
    }

    private async Task CopyAsync(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (_tail)
            {
                _tail.Enqueue(line);
                if (_tail.Count > 40) _tail.Dequeue();
                _log.WriteLine(line);
            }
        }
    }
}
