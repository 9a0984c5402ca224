using MammutScale.Collectives;
using MammutScale.Model.Sizing;
using MammutScale.Training.Configuration;
using MammutScale.Training.Devices;
using MammutScale.Training.Phases;
using MammutScale.Training.Planning;
using MammutScale.Training.Replicas;
using MammutScale.Training.Steps;
using static TorchSharp.torch;

namespace MammutScale.Training.Benchmarks;

/// <summary>Measures whole optimizer steps of one worker. Candidates take turns, so that whatever else the machine does meets all of them.</summary>
public sealed class StepBench(StepBenchOptions options, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    public StepBenchReport Run(CancellationToken cancellation = default)
    {
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        set_num_threads(threads);
        // the first one finds the GPU's memory as it was: it is held against the plan
        using var half = options.Bf16 ? new BenchCandidate(options, threads, _time, "train.precision=bf16") : null;
        half?.Step(0, measured: false);
        using var whole = new BenchCandidate(options, threads, _time);
        if (half is null) whole.Step(0, measured: false);
        var first = half ?? whole;
        using var caption = new BenchCandidate(options, threads, _time, "loss.contrastive_weight=0");
        for (var step = 0; step <= options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            Beside(whole, ScalarType.Float32, step);
            caption.Step(step, measured: step > 0);
            if (half is not null) Beside(half, ScalarType.BFloat16, step);
            options.Log?.Invoke($"step {step}: {whole.Last:0.000} s, captioning only {caption.Last:0.000} s{(half is null ? "" : $", bf16 {half.Last:0.000} s")}");
        }

        var flops = FlopCount.Of(whole.Config, video: whole.Video, frames: options.Frames).Step() * options.Batch;
        return new StepBenchReport
        {
            Model = options.Model,
            Batch = options.Batch,
            Frames = options.Frames,
            MediaTokens = whole.Video?.Tokens(whole.Config.Vision, options.Frames) ?? whole.Config.Vision.DecoderTokens,
            Device = options.Device.ToString(),
            MemoryBytes = first.MemoryTaken,
            PlannedBytes = first.Planned,
            Parameters = ParameterCount.Of(whole.Config, whole.Video).Total,
            SamplesPerSecond = options.Batch / whole.Median,
            SamplesPerSecondBf16 = options.Batch / half?.Median,
            AchievedFlops = flops / whole.Median,
            GemmPeakFp32 = whole.Peak,
            GemmPeakBf16 = half?.Peak,
            GemmRatioFp32 = whole.Ratio(flops),
            GemmRatioBf16 = half?.Ratio(flops),
            Bf16Speedup = whole.Median / half?.Median,
            TwoPassCost = whole.Median / caption.Median,
            Phases = whole.MedianPhases,
        };
    }

    /// <summary>A step between two looks at what a matrix product reaches: on a machine that others share, a limit holds for its own seconds only.</summary>
    private void Beside(BenchCandidate candidate, ScalarType dtype, long step)
    {
        var before = GemmPeak.Measure(dtype, options.Device, _time);
        candidate.Step(step, measured: step > 0);
        candidate.Held(Math.Max(before, GemmPeak.Measure(dtype, options.Device, _time)), measured: step > 0);
    }

    /// <summary>A model that is trained for the measurement.</summary>
    private sealed class BenchCandidate : IDisposable
    {
        private readonly ICollectives _group = InProcessGroup.Create(1)[0];
        private readonly TrainingDevice _device;
        private readonly long? _before;
        private readonly Replica _replica;
        private readonly Trainer _trainer;
        private readonly PhaseClock _clock;
        private readonly int _batch;
        private readonly int _frames;
        private readonly List<StepPhases> _phases = [];
        private readonly List<double> _peaks = [];

        public BenchCandidate(StepBenchOptions options, int threads, TimeProvider time, params string[] overrides)
        {
            _device = options.Device;
            _before = MemoryUsed();
            var file = BenchFile.For(options.Model, options.Batch, options.Frames == 1 ? overrides : ["model.video=true", $"data.video.frames={options.Frames}", .. overrides]);
            _replica = new Replica(file, ModelShape.Resolve(file), 0, 1, threads, _device);
            var plan = MemoryCount.Of(file, _replica.Model.Config, 1);
            Planned = plan.Total - plan.Reserve;
            _clock = new PhaseClock(time, _device.OpenMarks());
            _trainer = new Trainer(_replica, file, _group, 1000, _clock);
            (_batch, _frames) = (options.Batch, options.Frames);
        }

        public Model.MammutConfig Config => _replica.Model.Config;

        public Model.Tubes.VideoConfig? Video => _replica.Video?.Config;

        /// <summary>Bytes of the GPU's memory that were taken up to the end of the first step.</summary>
        public double? MemoryTaken { get; private set; }

        public double Planned { get; }

        public double Last { get; private set; }

        public StepPhases MedianPhases => _phases.OrderBy(p => p.Total).ElementAt(_phases.Count / 2);

        public double Median => MedianPhases.Total;

        /// <summary>FLOP/s of a matrix product around the median step.</summary>
        public double Peak => Middle(_peaks);

        /// <summary>FLOP/s of each step over the peak around it: the median of the steps.</summary>
        public double Ratio(double flops) => Middle(_phases.Zip(_peaks, (phases, peak) => flops / phases.Total / peak));

        public void Held(double peak, bool measured)
        {
            if (measured) _peaks.Add(peak);
        }

        public void Step(long step, bool measured)
        {
            using var batch = SyntheticBatch.Create(Config, step, _batch, frames: _frames);
            _clock.EndStep();
            _trainer.Step(batch);
            var phases = _clock.EndStep();
            Last = phases.Total;
            MemoryTaken ??= MemoryUsed() - _before;
            if (measured) _phases.Add(phases);
        }

        public void Dispose()
        {
            _trainer.Dispose();
            _clock.Dispose();
            _replica.Dispose();
            _group.Dispose();
        }

        private static double Middle(IEnumerable<double> values)
        {
            var sorted = values.Order().ToArray();
            return sorted[sorted.Length / 2];
        }

        private long? MemoryUsed() => _device.IsCuda ? CudaDevice.Memory(_device.Index)?.Used : null;
    }
}
