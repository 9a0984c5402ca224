using MammutScale.Collectives;
using MammutScale.DataLoader.Pipeline;
using MammutScale.Model.Tubes;
using MammutScale.Training.Configuration;
using MammutScale.Training.Devices;
using MammutScale.Training.Parameters;
using MammutScale.Training.Phases;
using MammutScale.Training.Steps;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Steps;

/// <summary>Steps on batches of pictures and clips of different lengths.</summary>
public sealed class ClipStepTests
{
    private const int Steps = 8;
    private static readonly Lazy<StepResult[]> OneRank = new(() => TinyTraining.Alone(TinyClips.File(), Steps, TinyClips.Mixed));

    [Theory]
    [InlineData(1, 1, "infonce")]
    [InlineData(1, 7, "siglip")]
    [InlineData(3, 5, "infonce")]
    public void TheGradientOfAMixedBatchIsThatOfItsSamplesOneByOne(int world, int micro, string loss)
    {
        var expected = Ranks.Run(1, group => Gradients(group, TinyClips.File($"loss.contrastive={loss}"), TinyClips.Mixed))[0];
        var found = Ranks.Run(world, group => Gradients(group, TinyClips.File($"loss.contrastive={loss}", $"train.micro_batch={micro}"), TinyClips.Mixed));

        foreach (var gradient in found)
        {
            foreach (var (name, values) in expected) Distance(gradient[name], values).ShouldBeLessThan(1e-4, name);
        }

        expected.Where(g => g.Key.StartsWith(VideoEncoder.Prefix, StringComparison.Ordinal)).Count(g => g.Value.Any(x => x != 0)).ShouldBe(3, "two tubes and the gate");
    }

    [Theory]
    [InlineData(2, 0, 0)]
    [InlineData(2, 1, 5)]
    [InlineData(3, 1, 0)]
    [InlineData(3, 0, 6)]
    public void LossesEqualThoseOfOneRank_StepByStep(int world, int zero, int microBatch)
    {
        var file = TinyClips.File($"train.zero={zero}", $"train.zero_copies={1 + (world % 2)}", $"train.micro_batch={microBatch}");

        var ranks = Ranks.Run(world, group => TinyTraining.Train(group, file, Steps, batches: TinyClips.Mixed));

        for (var step = 0; step < Steps; step++)
        {
            foreach (var rank in ranks)
            {
                rank[step].ShouldBe(ranks[0][step]);
                rank[step].Contrastive.ShouldBe(OneRank.Value[step].Contrastive, 1e-4);
                rank[step].Captioning.ShouldBe(OneRank.Value[step].Captioning, 1e-4);
            }
        }
    }

    [Theory]
    [InlineData("train.grad_checkpoint=true", 1e-4)]
    [InlineData("loss.caption_weight=0", 1e-4)]
    [InlineData("loss.contrastive_weight=0", 1e-4)]
    [InlineData("model.cropped_positions=true", 1e-4)]
    [InlineData("train.precision=bf16", 0.05)]
    public void LossesDoNotDependOnTheSplit_ForEverySwitch(string set, double share)
    {
        var expected = TinyTraining.Alone(TinyClips.File(set), 5, TinyClips.Mixed);
        var ranks = Ranks.Run(2, group => TinyTraining.Train(group, TinyClips.File(set, "train.micro_batch=4", "train.zero=1"), 5, batches: TinyClips.Mixed));

        for (var step = 0; step < 5; step++) ranks[0][step].Loss.ShouldBe(expected[step].Loss, share * expected[step].Loss);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void LossesEqualThoseOfHostMemory_OnTheWayOfAGpu(int microBatch)
    {
        using var replica = TinyRun.Replica(TinyClips.File($"train.micro_batch={microBatch}"), device: TrainingDevice.CpuAsDevice);
        var found = Ranks.Run(1, group => TinyTraining.Train(group, TinyClips.File($"train.micro_batch={microBatch}"), Steps, replica, TinyClips.Mixed))[0];

        for (var step = 0; step < Steps; step++) found[step].Loss.ShouldBe(OneRank.Value[step].Loss, 1e-5);
    }

    [Fact]
    public void PicturesTrainTheImageModelBitForBitAsWithoutTubes_WhichThenHaveNoGradientOnAnyRank()
    {
        // whatever a step with clips has left behind
        static Batch[] Batches(int rank) => [TinyClips.Mixed(0, rank * 5, 5), TinyClips.Stills(1, rank * 5, 5)];
        var without = Ranks.Run(2, group => Gradients(group, TinyRun.File(), (step, first, count) => TinyRun.Batch(1, group.Rank * 5, 5)));
        var with = Ranks.Run(2, group => Gradients(group, TinyClips.File("optim.lr=1e-30"), [.. Batches(group.Rank)]));

        foreach (var rank in new[] { 0, 1 })
        {
            foreach (var (name, values) in without[rank]) with[rank][name].ShouldBe(values, name);
            var tubes = with[rank].Where(g => g.Key.StartsWith(VideoEncoder.Prefix, StringComparison.Ordinal)).ToList();
            tubes.Count.ShouldBe(3);
            tubes.ShouldAllBe(g => g.Value.All(x => x == 0));
        }
    }

    [Fact]
    public void TubesAreKeptLikeOtherWeights_InBucketsDecayAndHash()
    {
        using var replica = TinyRun.Replica(TinyClips.File("optim.ema=0.9"));
        var layout = replica.State.Layout;
        layout.ByName["video.projections.0.weight"].Parameter.Shape.ShouldBe([16, 3, 2, 4, 4]);
        layout.ByName["video.projections.1.weight"].Parameter.Decays.ShouldBeTrue();
        layout.ByName["video.gate"].Parameter.Decays.ShouldBeFalse();
        layout.ByName["video.gate"].Parameter.Stage.ShouldBe(replica.Stages.Last, "final when the backward pass returns, like the patch projection");

        var before = replica.HashWeights();
        var gate = layout.ByName["video.gate"];
        TensorMemory.Floats(replica.State.Weights, gate.Offset, 1)[0] = 0.25f;
        replica.HashWeights().ShouldNotBe(before);
        replica.Video!.Tubes.Gate.item<float>().ShouldBe(0.25f);
        replica.Begin();
        replica.HashWeights().ShouldBe(before, "the seed's weights, tubes spread from the patch projection");
    }

    private static Dictionary<string, float[]> Gradients(ICollectives group, RunFile file, Func<long, int, int, Batch> batches)
    {
        var (first, count) = Ranks.Part(file.Train.GlobalBatch, group.Rank, group.WorldSize);
        return Gradients(group, file, batches(0, first, count));
    }

    /// <summary>Of the last of some steps, by parameter.</summary>
    private static Dictionary<string, float[]> Gradients(ICollectives group, RunFile file, params Batch[] batches)
    {
        using var replica = TinyRun.Replica(file, group.Rank, group.WorldSize);
        using var trainer = new Trainer(replica, file, group, 50, new PhaseClock(TimeProvider.System));
        foreach (var batch in batches)
        {
            using (batch) trainer.Step(batch);
        }

        return replica.State.Layout.Entries.ToDictionary(e => e.Name, e => TensorMemory.Floats(replica.State.Gradients, e.Offset, e.Count).ToArray());
    }

    /// <summary>‖a − b‖ / ‖b‖; what is rounding alone counts by its size.</summary>
    private static double Distance(float[] a, float[] b)
    {
        var difference = Math.Sqrt(a.Zip(b).Sum(p => Math.Pow((double)p.First - p.Second, 2)));
        return difference / Math.Max(1e-3, Math.Sqrt(b.Sum(x => (double)x * x)));
    }
}
