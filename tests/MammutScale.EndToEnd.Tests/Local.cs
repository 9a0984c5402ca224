using System.Text.Json;
using MammutScale.TestKit;

namespace MammutScale.EndToEnd.Tests;

/// <summary>Short forms for runs of the real command line.</summary>
internal static class Local
{
    /// <summary>Starting processes and torch on a busy two-core machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public const int Interrupt = 2;
    public const int Kill = 9;

    public static string[] Quickstart(TemporaryFolder work, int steps, int workers, params string[] more) =>
        ["quickstart", "--steps", $"{steps}", "--workers", $"{workers}", "--work-dir", work.Path, "--no-browser", .. Small, .. more];

    /// <summary>Settings that make a step of the quickstart cheap; everything else is as people get it.</summary>
    private static readonly string[] Small =
    [
        "--set", "train.global_batch=32", "--set", "model.vision_layers=2", "--set", "model.text_layers=2", "--set", "model.vision_width=64", "--set", "model.text_width=64",
        "--set", "model.vision_heads=2", "--set", "model.text_heads=2", "--set", "model.embed_dim=64",
    ];

    public static string State(JsonElement run) => run.GetProperty("state").GetString()!;

    public static long Step(JsonElement run) => run.GetProperty("step").GetInt64();

    public static string Id(JsonElement run) => run.GetProperty("submission").GetProperty("runId").GetString()!;

    public static IEnumerable<int> WorkerProcesses(MammutProcess mammut) =>
        mammut.Descendants().Where(p => p.Command.Contains(" worker ", StringComparison.Ordinal)).Select(p => p.Id);
}
