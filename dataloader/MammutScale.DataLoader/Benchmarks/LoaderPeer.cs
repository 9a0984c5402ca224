using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MammutScale.DataLoader.Benchmarks;

/// <summary>PyTorch's DataLoader with Pillow, in a process of its own, on the same pictures.</summary>
internal static class LoaderPeer
{
    private static readonly string[] Interpreters = ["/usr/bin/python3", "python3", "python"];

    /// <returns>Samples a second, or why there are none.</returns>
    internal static async Task<(double? SamplesPerSecond, string? Missing)> RunAsync(LoaderBenchOptions options, byte[][] pictures, int threads, string folder, CancellationToken cancellation)
    {
        if (options.PeerScript is null) return (null, "no peer script given");
        if (!File.Exists(options.PeerScript)) return (null, $"{options.PeerScript} is not there");
        if (await FindAsync(options.Python, cancellation).ConfigureAwait(false) is not { } python) return (null, "no Python with torch and PIL found");
        // The peer cannot read Parquet here, so it is spared that work: the rows lie as plain records.
        string records = Path.Combine(folder, "records.bin");
        await WriteRecordsAsync(records, pictures, cancellation).ConfigureAwait(false);
        var (code, output, error) = await RunAsync(python, [options.PeerScript, records, options.Size.ToString(CultureInfo.InvariantCulture), threads.ToString(CultureInfo.InvariantCulture)], cancellation).ConfigureAwait(false);
        if (code != 0) return (null, $"the peer failed: {error.Trim().Split('\n')[^1]}");
        using var json = JsonDocument.Parse(output);
        return (json.RootElement.GetProperty("samples_per_second").GetDouble(), null);
    }

    private static async Task<string?> FindAsync(string? given, CancellationToken cancellation)
    {
        foreach (string python in given is null ? Interpreters : [given])
        {
            try
            {
                if ((await RunAsync(python, ["-c", "import torch, PIL, numpy"], cancellation).ConfigureAwait(false)).Code == 0) return python;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // no such program
            }
        }
        return null;
    }

    private static async Task WriteRecordsAsync(string path, byte[][] pictures, CancellationToken cancellation)
    {
        await using var file = File.Create(path);
        byte[] length = new byte[4];
        foreach (byte[] picture in pictures)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, picture.Length);
            await file.WriteAsync(length, cancellation).ConfigureAwait(false);
            await file.WriteAsync(picture, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            return (process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
