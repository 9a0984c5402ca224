using System.CommandLine;
using MammutScale.Cli.Output;
using MammutScale.Training.Configuration;
using MammutScale.Training.Planning;

namespace MammutScale.Cli.Commands;

/// <summary>`mammut plan`: what a run will need, before anyone pays for it. Reads the run file only.</summary>
internal static class PlanCommand
{
    private const double Giga = 1e9;
    private static readonly Option<string> Config = new("--config", "-c") { Description = "The run file, YAML.", Required = true };
    private static readonly Option<int> Gpus = new("--gpus") { Description = "GPUs, one worker on each.", DefaultValueFactory = _ => 8 };
    private static readonly Option<string> Kind = new("--gpu") { Description = $"Which: {string.Join(", ", Gpu.All.Select(g => g.Name))}.", DefaultValueFactory = _ => "h100" };
    private static readonly Option<int> PerNode = new("--gpus-per-node") { Description = "GPUs of one machine.", DefaultValueFactory = _ => 8 };
    private static readonly Option<double> Utilization = new("--mfu") { Description = "Share of the GPU's peak that a step is assumed to reach; `mammut bench step` measures it.", DefaultValueFactory = _ => 0.4 };
    private static readonly Option<long?> Samples = new("--samples") { Description = "Samples of an epoch, for runs that are told in epochs." };

    public static Command Create()
    {
        var command = new Command("plan", "Memory per GPU, step time, communication, days and storage for a run.");
        foreach (var option in new Option[] { Config, Gpus, Kind, PerNode, Utilization, Samples, TrainCommand.Set }) command.Options.Add(option);
        return command.Does((parse, report, _) =>
        {
            var file = RunFile.Load(parse.GetValue(Config)!, parse.GetValue(TrainCommand.Set));
            var plan = RunPlan.Of(file, Options(parse, file));
            report.Result(plan, r => Tell(plan, file, parse.GetValue(Utilization), r));
            return Task.FromResult(0);
        });
    }

    private static PlanOptions Options(ParseResult parse, RunFile file)
    {
        string name = parse.GetValue(Kind)!;
        int gpus = parse.GetValue(Gpus);
        if (gpus < 1 || gpus > file.Data.Lanes)
            throw new UserException($"--gpus is {gpus}, but the run has {file.Data.Lanes} lanes and each GPU's worker needs one; give 1 to {file.Data.Lanes}, or raise data.lanes.");
        if (parse.GetValue(Utilization) is var utilization && utilization is not (> 0 and <= 1)) throw new UserException($"--mfu is {utilization}; a share above 0 and up to 1 is needed.");
        return new PlanOptions
        {
            Gpu = Gpu.Find(name) ?? throw new UserException($"--gpu is '{name}'; there are {string.Join(", ", Gpu.All.Select(g => g.Name))}."),
            Gpus = gpus,
            GpusPerNode = Math.Max(1, parse.GetValue(PerNode)),
            Utilization = utilization,
            EpochSamples = parse.GetValue(Samples),
        };
    }

    private static void Tell(RunPlan plan, RunFile file, double utilization, Report r)
    {
        var m = plan.Memory;
        r.Line($"{file.Name}: {plan.Parameters / 1e6:N1} M parameters, global batch {file.Train.GlobalBatch:N0} on {plan.Gpus} × {plan.Gpu}{(plan.Frames > 1 ? $", every sample a clip of {plan.Frames} frames" : "")}, {file.Train.Precision.ToString().ToLowerInvariant()}"
            + $"{(file.Train.GradCheckpoint ? ", activations recomputed" : "")}{(file.Train.Zero > 0 ? $", ZeRO-1 with {file.Train.ZeroCopies} cop{(file.Train.ZeroCopies == 1 ? "y" : "ies")}" : "")}");
        r.Table(["memory per GPU", "GB"],
        [
            ["weights", Gb(m.Weights)], ["gradients", Gb(m.Gradients)], ["optimizer state", Gb(m.Optimizer)],
            [$"activations of {m.MicroBatch:N0} samples", Gb(m.Activations)], ["inputs", Gb(m.Inputs)], ["contrast of the global batch", Gb(m.Contrast)],
            ["update (after activations are gone)", Gb(m.Update)], ["reserve (assumed)", Gb(m.Reserve)],
            ["total", $"{Gb(m.Total)} of {Gb(plan.GpuMemory)}"],
        ]);
        r.Line(plan.Fits
            ? $"It fits; up to {plan.LargestMicroBatch:N0} samples at a time would."
            : plan.LargestMicroBatch > 0
                ? $"It does not fit. Set train.micro_batch to at most {plan.LargestMicroBatch:N0}: the result stays the same, the step takes about a quarter longer."
                : "It does not fit, not even one sample at a time. Try train.grad_checkpoint: true, train.zero: 1, or larger GPUs.");
        r.Line($"Step, if products reach {utilization:P0} of the peak: {plan.StepSeconds:F3} s = compute {plan.ComputeSeconds:F3} + exposed communication {plan.ExposedSeconds:F3} (of {plan.CommunicationSeconds:F3}, {Gb(plan.CommunicationBytes)} GB a GPU) + optimizer {plan.OptimizerSeconds:F3}; {plan.SamplesPerSecond:N0} samples/s.");
        r.Line(plan.Days is { } days
            ? $"{plan.Steps:N0} steps: {days:F1} days. Checkpoints of {Gb(plan.CheckpointBytes)} GB, {Gb(plan.StorageBytes ?? 0)} GB in all."
            : $"Checkpoints of {Gb(plan.CheckpointBytes)} GB. The run is told in epochs: give --samples to learn its days.");
    }

    private static string Gb(double bytes) => $"{bytes / Giga:N2}";
}
