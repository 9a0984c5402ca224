using System.Net;
using System.Net.Sockets;
using MammutScale.TestKit;

namespace MammutScale.EndToEnd.Tests;

/// <summary>Bad input: one clear sentence and a non-zero exit, never a stack trace.</summary>
public sealed class BadInputTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("train.global_bach=64", "global_batch")]
    [InlineData("optim.lr=fast", "optim.lr")]
    [InlineData("train.global_batch=100", "data.lanes")]
    public async Task TheKeyIsNamed_WhenTheRunFileIsWrong(string set, string named)
    {
        using var work = new TemporaryFolder();
        await RefusedAsync(named, ["quickstart", "--exit", "--work-dir", work.Path, "--set", set]);
    }

    [Fact]
    public async Task ThePathIsNamed_WhenTheDataIsMissing()
    {
        using var work = new TemporaryFolder();
        await RefusedAsync("no-such-folder", ["train", "-c", RunFile(work, "no-such-folder"), "--exit", "--work-dir", work.Path]);
    }

    [Fact]
    public async Task TheFileIsNamed_WhenAParquetFileIsCorrupt()
    {
        using var work = new TemporaryFolder();
        Directory.CreateDirectory(work.File("data"));
        byte[] whole = File.ReadAllBytes(Directory.EnumerateFiles(Repository.PathOf("dataloader", "samples", "eval"), "*.parquet").First());
        File.WriteAllBytes(work.File("data", "00000.parquet"), whole[..(whole.Length / 2)]);
        await RefusedAsync("00000.parquet", ["train", "-c", RunFile(work, "data"), "--exit", "--work-dir", work.Path]);
    }

    [Fact]
    public async Task TheColumnIsNamed_WhenItIsNotThere()
    {
        using var work = new TemporaryFolder();
        string file = RunFile(work, Repository.PathOf("dataloader", "samples", "eval"), "      columns: {caption: sentence}\n");
        await RefusedAsync("sentence", ["train", "-c", file, "--exit", "--work-dir", work.Path]);
    }

    [Fact]
    public async Task ThePortIsNamed_WhenItIsInUse()
    {
        using var work = new TemporaryFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await RefusedAsync($"{port}", ["quickstart", "--exit", "--work-dir", work.Path, "--port", $"{port}"]);
    }

    [Fact]
    public async Task TheWorkDirectoryIsNamed_WhenAnotherQuickstartIsAtWorkThere()
    {
        using var work = new TemporaryFolder();
        await using var first = MammutProcess.Start(Local.Quickstart(work, 1000, 1));
        await first.DashboardAsync(Limit);
        await RefusedAsync(work.Path, Local.Quickstart(work, 1000, 1, "--exit"));
    }

    private static string RunFile(TemporaryFolder work, string data, string more = "")
    {
        string path = work.File("run.yaml");
        File.WriteAllText(path, $"""
            name: bad
            model: mammut-tiny
            data:
              train:
                - path: {data}
            {more}  tokenizer: {Repository.PathOf("dataloader", "samples", "tokenizer.json")}
            train:
              global_batch: 32
              steps: 3
            """);
        return path;
    }

    private static async Task RefusedAsync(string named, IEnumerable<string> arguments)
    {
        var (code, output, errors) = await MammutProcess.RunAsync(Limit, arguments);
        code.ShouldNotBe(0);
        string message = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(l => !l.StartsWith("Dashboard: ", StringComparison.Ordinal)) ?? "";
        message.ShouldContain(named, customMessage: output + errors);
        (output + errors).ShouldNotContain("   at ");
        (output + errors).ShouldNotContain("Unhandled exception");
    }
}
