using MammutScale.Training.Configuration;
using MammutScale.Training.Planning;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Planning;

public sealed class RunPlanTests
{
    private static readonly Gpu H100 = Gpu.Find("H100")!;

    [Theory]
    [InlineData("fp32", 0, 0.0, 1, 2)]
    [InlineData("bf16", 1, 0.99, 4, 2)]
    [InlineData("bf16", 1, 0.0, 3, 1)]
    public void StateBytesAreThoseThatAReplicaHolds(string precision, int zero, double ema, int world, int copies)
    {
        var file = TinyRun.File($"train.precision={precision}", $"train.zero={zero}", $"train.zero_copies={copies}", FormattableString.Invariant($"optim.ema={ema}"));
        var held = Enumerable.Range(0, world).Select(rank =>
        {
            using var replica = TinyRun.Replica(file, rank, world);
            var s = replica.State;
            long Bytes(TorchSharp.torch.Tensor t) => t.numel() * t.ElementSize;
            return (Weights: Bytes(s.Weights) + (s.IsMixed ? Bytes(s.ComputeWeights) : 0), Gradients: Bytes(s.Gradients) + (s.IsMixed ? Bytes(s.ComputeGradients) : 0), Optimizer: replica.Optimizer.StateBytes);
        }).ToList();

        var plan = RunPlan.Of(file, new PlanOptions { Gpu = H100, Gpus = world }).Memory;

        plan.Weights.ShouldBe(held[0].Weights);
        plan.Gradients.ShouldBe(held[0].Gradients);
        plan.Optimizer.ShouldBe(held.Max(h => h.Optimizer), 0.01 * plan.Optimizer);
    }

    [Fact]
    public void EverySampleCountsAsAClip_WhenTheModelHasTubes()
    {
        var file = TinyClips.File();
        using var replica = TinyRun.Replica(file);
        RunPlan plan = RunPlan.Of(file, Options(1)), pictures = RunPlan.Of(TinyRun.File(), Options(1));

        (plan.Frames, pictures.Frames).ShouldBe((TinyClips.Frames, 1));
        plan.Memory.Weights.ShouldBe(replica.State.Weights.numel() * 4.0);
        (plan.Parameters - pictures.Parameters).ShouldBe(16 * 3 * ((2 * 4 * 4) + (3 * 8 * 8)) + 1);
        plan.Memory.Inputs.ShouldBeGreaterThan(3.5 * pictures.Memory.Inputs);
        plan.Memory.Activations.ShouldBeGreaterThan(pictures.Memory.Activations);
        plan.StepFlops.ShouldBeGreaterThan(1.5 * pictures.StepFlops);
    }

    [Fact]
    public void TheLargestMicroBatchFits_AndOneMoreDoesNot()
    {
        var file = L14("train.global_batch=8192");
        var plan = RunPlan.Of(file, Options(8));

        plan.Fits.ShouldBeFalse("1024 samples of ViT-L/14 at once are too many");
        plan.LargestMicroBatch.ShouldBeInRange(50, 500);
        RunPlan.Of(L14("train.global_batch=8192", $"train.micro_batch={plan.LargestMicroBatch}"), Options(8)).Fits.ShouldBeTrue();
        RunPlan.Of(L14("train.global_batch=8192", $"train.micro_batch={plan.LargestMicroBatch + 1}"), Options(8)).Fits.ShouldBeFalse();
        RunPlan.Of(L14("train.global_batch=8192", "train.grad_checkpoint=true"), Options(8)).LargestMicroBatch.ShouldBeGreaterThan(2 * plan.LargestMicroBatch);
    }

    [Fact]
    public void TimeFollowsFromCountsAndTheAssumedUtilization()
    {
        var plan = RunPlan.Of(L14("train.global_batch=1024", "train.steps=1000"), Options(8));

        plan.ComputeSeconds.ShouldBe(plan.StepFlops / 8 / (H100.Bf16 * 0.4), 1e-9);
        plan.CommunicationBytes.ShouldBeInRange(plan.Parameters * 4.0 * 2 * 7 / 8, plan.Parameters * 4.0 * 2 * 7 / 8 * 1.01);
        plan.ExposedSeconds.ShouldBeLessThan(0.1 * plan.CommunicationSeconds, "the backward pass is longer than the sum of gradients");
        plan.Days.ShouldBe(plan.StepSeconds * 1000 / 86_400);
        plan.StorageBytes.ShouldBe(plan.CheckpointBytes * 2, "one at the end, and while it is written another");
        var cached = RunPlan.Of(L14("train.global_batch=1024", "train.steps=1000", "train.micro_batch=32"), Options(8));
        (cached.ComputeSeconds / plan.ComputeSeconds).ShouldBeInRange(1.15, 1.34);
        RunPlan.Of(L14("train.global_batch=1024", "train.steps=1000", "train.zero=1", "train.zero_copies=1"), Options(8)).CommunicationBytes.ShouldBe(plan.CommunicationBytes, 1e-3 * plan.CommunicationBytes);
    }

    [Fact]
    public void DaysAreUnknown_WhenARunOfEpochsDoesNotSayHowManySamplesThereAre()
    {
        var file = RunFile.Parse("""
            name: p
            model: mammut-b32
            data: {train: [{path: none}], lanes: 64}
            train: {global_batch: 4096, epochs: 2}
            """);

        RunPlan.Of(file, Options(8)).Days.ShouldBeNull();
        RunPlan.Of(file, Options(8) with { EpochSamples = 4_096_000 }).Steps.ShouldBe(2000);
    }

    private static PlanOptions Options(int gpus) => new() { Gpu = H100, Gpus = gpus };

    private static RunFile L14(params string[] overrides) => RunFile.Parse("""
        name: l14
        model: mammut-l14
        data: {train: [{path: none}], lanes: 64}
        train: {global_batch: 8192, steps: 1000, precision: bf16}
        """, overrides);
}
