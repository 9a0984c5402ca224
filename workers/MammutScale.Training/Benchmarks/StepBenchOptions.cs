using MammutScale.Model.Sizing;
using MammutScale.Training.Devices;
using MammutScale.Training.Phases;

namespace MammutScale.Training.Benchmarks;

/// <summary>What to measure.</summary>
public sealed record StepBenchOptions
{
    public string Model { get; init; } = "mammut-small";

    /// <summary>Samples of a step.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>Frames of a sample; more than 1 trains clips, with the paper's tubes.</summary>
    public int Frames { get; init; } = 1;

    /// <summary>Steps that are measured, after one that is not.</summary>
    public int Steps { get; init; } = 5;

    /// <summary>CPU threads; 0 takes all cores.</summary>
    public int Threads { get; init; }

    /// <summary>What to train on.</summary>
    public TrainingDevice Device { get; init; } = TrainingDevice.Cpu;

    /// <summary>bf16 can be left out on machines without instructions for it.</summary>
    public bool Bf16 { get; init; } = true;

    public Action<string>? Log { get; init; }
}

/// <summary>Figures of one machine at one time. Ratios compare things that were measured in turn.</summary>
public sealed record StepBenchReport
{
    public required string Model { get; init; }

    public required int Batch { get; init; }

    /// <summary>Frames of a sample; 1 = pictures.</summary>
    public required int Frames { get; init; }

    /// <summary>Tokens of a picture or clip that the decoder looks at.</summary>
    public required int MediaTokens { get; init; }

    /// <summary>cpu, or cuda:N.</summary>
    public required string Device { get; init; }

    public required long Parameters { get; init; }

    public required double SamplesPerSecond { get; init; }

    public required double? SamplesPerSecondBf16 { get; init; }

    /// <summary>FLOP/s of the whole step in float32, by the convention of <see cref="FlopCount"/>.</summary>
    public required double AchievedFlops { get; init; }

    /// <summary>FLOP/s of a square matrix product, the faster of two looks right before and after a step; the median of the steps.</summary>
    public required double GemmPeakFp32 { get; init; }

    public required double? GemmPeakBf16 { get; init; }

    /// <summary>Each step's FLOP/s over the peak around it; the median of the steps.</summary>
    public required double GemmRatioFp32 { get; init; }

    public required double? GemmRatioBf16 { get; init; }

    /// <summary>Speed in bf16 over speed in float32.</summary>
    public required double? Bf16Speedup { get; init; }

    /// <summary>Time of a step with both passes over that of a captioning-only step.</summary>
    public required double TwoPassCost { get; init; }

    /// <summary>What the first candidate (bf16 where it is measured) took of the GPU's memory in its first step, bytes; null on the CPU.</summary>
    public required double? MemoryBytes { get; init; }

    /// <summary>What `mammut plan` says that it takes, without its reserve.</summary>
    public required double PlannedBytes { get; init; }

    /// <summary>Seconds of the median float32 step by phase.</summary>
    public required StepPhases Phases { get; init; }
}
