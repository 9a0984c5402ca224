using System.Diagnostics;
using System.Text.Json.Serialization;

namespace MammutScale.Training.Benchmarks;

/// <summary>What to measure, and how to start its processes.</summary>
public sealed record ScalingBenchOptions
{
    public string Model { get; init; } = "mammut-small";

    /// <summary>Samples of a step on each worker.</summary>
    public int Batch { get; init; } = 8;

    /// <summary>Steps of each candidate in a round.</summary>
    public int Steps { get; init; } = 3;

    /// <summary>How often the candidates take turns.</summary>
    public int Rounds { get; init; } = 2;

    /// <summary>Bucket sizes to measure with two workers besides the default, MB.</summary>
    public IReadOnlyList<double> BucketMb { get; init; } = [];

    /// <summary>A process that calls <see cref="ScalingBench.RunRank"/> with these arguments; its standard input and output are the benchmark's.</summary>
    public required Func<IReadOnlyList<string>, ProcessStartInfo> StartRank { get; init; }

    /// <summary>tests/peers/ddp_step.py; null leaves PyTorch out.</summary>
    public string? DdpScript { get; init; }

    public string Python { get; init; } = "/usr/bin/python3";

    public Action<string>? Log { get; init; }
}

/// <summary>Two workers of one core each against one, and against PyTorch DDP with Gloo.</summary>
public sealed record ScalingBenchReport
{
    public required string Model { get; init; }

    public required double SamplesPerSecondOne { get; init; }

    public required double SamplesPerSecondTwo { get; init; }

    /// <summary>Throughput of two workers over twice that of one.</summary>
    [JsonPropertyName("efficiency_2")]
    public required double Efficiency2 { get; init; }

    /// <summary>Share of the step that waits for communication, with two workers.</summary>
    public required double ExposedShare { get; init; }

    /// <summary>Two workers with other bucket sizes, measured in the same rounds.</summary>
    public required IReadOnlyList<BucketFigures> Buckets { get; init; }

    /// <summary>Our throughput with two workers over that of DDP with two; null without PyTorch.</summary>
    public required double? DdpRatio { get; init; }

    /// <summary>The same with DDP's processes as PyTorch is installed; <see cref="DdpRatio"/> gives them our allocator's setting.</summary>
    public required double? DdpPlainRatio { get; init; }

    /// <summary>Version, BLAS and allocator of the peer, in both ways.</summary>
    public required string? DdpPeer { get; init; }
}

/// <summary>Two workers with one bucket size.</summary>
/// <param name="BucketMb">MB.</param>
/// <param name="SamplesPerSecondTwo">Of the fastest round.</param>
/// <param name="ExposedShare">Share of that round's step that waits for communication.</param>
public sealed record BucketFigures(double BucketMb, double SamplesPerSecondTwo, double ExposedShare);
