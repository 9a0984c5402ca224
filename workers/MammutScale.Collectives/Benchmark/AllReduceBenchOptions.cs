using System.Diagnostics;

namespace MammutScale.Collectives.Benchmark;

/// <summary>What to measure, and how to start the processes that are measured.</summary>
public sealed record AllReduceBenchOptions
{
    /// <summary>Makes the command that ends in <see cref="AllReduceBench.RunRank"/> with these arguments, in a process of its own.</summary>
    public required Func<IReadOnlyList<string>, ProcessStartInfo> StartRank { get; init; }

    public IReadOnlyList<int> Worlds { get; init; } = [2, 4];

    /// <summary>Sizes of the fp32 buffers in bytes: a latency, and 1 to 100 MB.</summary>
    public IReadOnlyList<long> Sizes { get; init; } = [4_096, 1_000_000, 4_000_000, 10_000_000, 25_000_000, 100_000_000];

    /// <summary>All candidates are measured in turn so many times; the best round of each counts, since other load only ever adds time.</summary>
    public int Rounds { get; init; } = 4;

    /// <summary>All-reduces in a round; their median is the round's figure.</summary>
    public int Repetitions { get; init; } = 5;

    /// <summary>The peer script <c>gloo_allreduce.py</c>; null, or a Python without torch, leaves the peer's figures empty.</summary>
    public string? GlooScript { get; init; }

    public string Python { get; init; } = "/usr/bin/python3";

    public Action<string>? Log { get; init; }
}
