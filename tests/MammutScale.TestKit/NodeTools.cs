using System.Diagnostics;

namespace MammutScale.TestKit;

/// <summary>Programs from npm that tests run; installed from the lock file of tests/tools when they are not there yet.</summary>
public static class NodeTools
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly Lazy<string> Installed = new(Install);

    /// <summary>The folder with node_modules.</summary>
    /// <exception cref="InvalidOperationException">npm is missing or failed; the message holds what it said.</exception>
    public static string Folder => Installed.Value;

    /// <summary>Runs a script with node in <see cref="Folder"/> and returns what it wrote to its standard output.</summary>
    public static string Run(string script, params string[] arguments) => Call("node", [script, .. arguments], Folder);

    private static string Install()
    {
        var tools = Repository.PathOf("tests", "tools");
        // written last: what is there is what the lock file says
        var done = Path.Combine(tools, "node_modules", ".installed");
        var wanted = File.ReadAllText(Path.Combine(tools, "package-lock.json"));
        bool Current() => File.Exists(done) && File.ReadAllText(done) == wanted;
        if (Current()) return tools;
        // several test processes may start at once: one installs, the others wait for it
        using var held = Hold(Path.Combine(Path.GetTempPath(), "mammut-test-tools.lock"));
        if (Current()) return tools;
        Call("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], tools);
        File.WriteAllText(done, wanted);
        return tools;
    }

    private static FileStream Hold(string path)
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (started.Elapsed < Patience)
            {
                Thread.Sleep(200);
            }
        }
    }

    private static string Call(string program, string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed with {process.ExitCode}: {errors.GetAwaiter().GetResult()}{output}");
    }
}
