using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MammutScale.TestKit;

/// <summary>Microsoft's emulator of the blob service, as a process of its own. Listens as soon as it is made.</summary>
public sealed partial class Azurite : IDisposable
{
    // the emulator's well-known account
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private readonly Process _process;

    public Azurite()
    {
        var main = Path.Combine(NodeTools.Folder, "node_modules", "azurite", "dist", "src", "blob", "main.js");
        var start = new ProcessStartInfo("node", [main, "--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        _process = Process.Start(start)!;
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (Listening().Match(line) is not { Success: true } match) continue;
            Port = int.Parse(match.Groups[1].Value);
            _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            return;
        }

        throw new InvalidOperationException("Azurite ended without listening");
    }

    public int Port { get; }

    /// <summary>For the emulator or whatever stands before it.</summary>
    public static string ConnectionString(int port)
        => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{port}/{Account};";

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    [GeneratedRegex(@"listen\w* (?:at|on) http://127\.0\.0\.1:(\d+)")]
    private static partial Regex Listening();
}
