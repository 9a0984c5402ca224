using System.Diagnostics;
using System.Globalization;

namespace MammutScale.DataLoader.Benchmarks;

/// <summary>Runs the peer reader, a program of the tests that the product does not depend on.</summary>
internal static class ParquetPeer
{
    private const string Name = "MammutScale.Peer.ParquetSharp";

    /// <summary>Beside the output that this process runs from, when it was built.</summary>
    public static string? Find()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(own.Parent?.Parent?.FullName ?? "", Name, own.Name, $"{Name}.dll");
        return File.Exists(path) ? path : null;
    }

    /// <returns>The best of its rounds, or null when it is not there or failed.</returns>
    public static async Task<TimeSpan?> MeasureAsync(string? program, string file, string column, int rounds, CancellationToken cancellation)
    {
        if (program is null || !File.Exists(program)) return null;
        var start = new ProcessStartInfo("dotnet", [program, file, column, rounds.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        using var process = Process.Start(start);
        if (process is null) return null;
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0 && double.TryParse(output.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
    }
}
