using MammutScale.Collectives;
using MammutScale.Model.Sizing;
using MammutScale.Training.Configuration;
using MammutScale.Training.Phases;
using MammutScale.Training.Replicas;
using MammutScale.Training.Steps;
using static TorchSharp.torch;

namespace MammutScale.Training.Benchmarks;

/// <summary>What to measure.</summary>
public sealed record StepBenchOptions
{
    public string Model { get; init; } = "mammut-small";

    /// <summary>Samples of a step.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>Steps that are measured, after one that is not.</summary>
    public int Steps { get; init; } = 5;

    /// <summary>CPU threads; 0 takes all cores.</summary>
    public int Threads { get; init; }

    /// <summary>bf16 can be left out on machines without instructions for it.</summary>
    public bool Bf16 { get; init; } = true;

    public Action<string>? Log { get; init; }
}

/// <summary>Figures of one machine at one time. Ratios compare things that were measured in turn.</summary>
public sealed record StepBenchReport
{
    public required string Model { get; init; }

    public required int Batch { get; init; }

    public required long Parameters { get; init; }

    public required double SamplesPerSecond { get; init; }

    public required double? SamplesPerSecondBf16 { get; init; }

    /// <summary>FLOP/s of the whole step in float32, by the convention of <see cref="FlopCount"/>.</summary>
    public required double AchievedFlops { get; init; }

    public required double GemmPeakFp32 { get; init; }

    public required double? GemmPeakBf16 { get; init; }

    /// <summary>Achieved over peak.</summary>
    public required double GemmRatioFp32 { get; init; }

    public required double? GemmRatioBf16 { get; init; }

    /// <summary>Speed in bf16 over speed in float32.</summary>
    public required double? Bf16Speedup { get; init; }

    /// <summary>Time of a step with both passes over that of a captioning-only step.</summary>
    public required double TwoPassCost { get; init; }

    /// <summary>Seconds of the median float32 step by phase.</summary>
    public required StepPhases Phases { get; init; }
}

/// <summary>Measures whole optimizer steps of one worker. Candidates take turns, so that whatever else the machine does meets all of them.</summary>
public sealed class StepBench(StepBenchOptions options, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    public StepBenchReport Run(CancellationToken cancellation = default)
    {
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        set_num_threads(threads);
        using var whole = new BenchCandidate(options, threads, _time);
        using var caption = new BenchCandidate(options, threads, _time, "loss.contrastive_weight=0");
        using var half = options.Bf16 ? new BenchCandidate(options, threads, _time, "train.precision=bf16") : null;
        var (peak32, peak16) = (0.0, 0.0);
        for (var step = 0; step <= options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            peak32 = Math.Max(peak32, GemmPeak.Measure(ScalarType.Float32, _time));
            if (half is not null) peak16 = Math.Max(peak16, GemmPeak.Measure(ScalarType.BFloat16, _time));
            foreach (var candidate in (BenchCandidate?[])[whole, caption, half]) candidate?.Step(step, measured: step > 0);
            options.Log?.Invoke($"step {step}: {whole.Last:0.000} s, captioning only {caption.Last:0.000} s{(half is null ? "" : $", bf16 {half.Last:0.000} s")}");
        }

        var flops = FlopCount.Of(whole.Config).Step() * options.Batch;
        return new StepBenchReport
        {
            Model = options.Model,
            Batch = options.Batch,
            Parameters = ParameterCount.Of(whole.Config).Total,
            SamplesPerSecond = options.Batch / whole.Median,
            SamplesPerSecondBf16 = options.Batch / half?.Median,
            AchievedFlops = flops / whole.Median,
            GemmPeakFp32 = peak32,
            GemmPeakBf16 = half is null ? null : peak16,
            GemmRatioFp32 = flops / whole.Median / peak32,
            GemmRatioBf16 = flops / half?.Median / peak16,
            Bf16Speedup = whole.Median / half?.Median,
            TwoPassCost = whole.Median / caption.Median,
            Phases = whole.MedianPhases,
        };
    }

    /// <summary>A model that is trained for the measurement.</summary>
    private sealed class BenchCandidate : IDisposable
    {
        private readonly ICollectives _group = InProcessGroup.Create(1)[0];
        private readonly Replica _replica;
        private readonly Trainer _trainer;
        private readonly PhaseClock _clock;
        private readonly int _batch;
        private readonly List<StepPhases> _phases = [];

        public BenchCandidate(StepBenchOptions options, int threads, TimeProvider time, params string[] overrides)
        {
            var file = BenchFile.For(options.Model, options.Batch, overrides);
            _replica = new Replica(file, ModelShape.Resolve(file), 0, 1, threads);
            _clock = new PhaseClock(time);
            _trainer = new Trainer(_replica, file, _group, 1000, _clock);
            _batch = options.Batch;
        }

        public Model.MammutConfig Config => _replica.Model.Config;

        public double Last { get; private set; }

        public StepPhases MedianPhases => _phases.OrderBy(p => p.Total).ElementAt(_phases.Count / 2);

        public double Median => MedianPhases.Total;

        public void Step(long step, bool measured)
        {
            using var batch = SyntheticBatch.Create(Config, step, _batch);
            _clock.EndStep();
            _trainer.Step(batch);
            var phases = _clock.EndStep();
            Last = phases.Total;
            if (measured) _phases.Add(phases);
        }

        public void Dispose()
        {
            _trainer.Dispose();
            _replica.Dispose();
            _group.Dispose();
        }
    }
}
