using MammutScale.Model.Tubes;
using MammutScale.Training.Checkpoints;
using MammutScale.Training.Configuration;
using MammutScale.Training.Evaluation;
using MammutScale.Training.Events;
using MammutScale.Training.Runs;
using MammutScale.Training.Tests.Support;
using TorchSharp;

namespace MammutScale.Training.Tests.Runs;

/// <summary>Whole runs on clips: checkpoints, resume, memory, and what only motion tells.</summary>
public sealed class ClipRunTests
{
    private const long Steps = 10;

    [Theory]
    [InlineData(0, 2, 2)]
    [InlineData(1, 2, 3)]
    public async Task TrainingGoesOnWhereItWas_WhenResumed(int zero, int before, int after)
    {
        using var folder = new TemporaryFolder();
        var file = TinyClips.File($"train.zero={zero}", "optim.ema=0.9");
        var expected = Run(folder.Path + "/whole", before, StepDirective.Continue).Losses;
        Run(folder.Path, before, StepDirective.Stop);

        var store = new CheckpointStore(Storage.BlobStores.Open(folder.Path), "test");
        using (var saved = await CheckpointWeights.ReadAsync(store, cancellation: TestContext.Current.CancellationToken))
        {
            VideoConfigJson.Write(saved.Video!.Config).ShouldBe(VideoConfigJson.Write(VideoShape.Resolve(file, TinyRun.Config)!));
            saved.Video.Tubes.Gate.item<float>().ShouldNotBe(0, "it was trained");
            saved.Manifest.Parameters.ShouldContain(p => p.Name == "video.projections.1.weight");
        }

        var resumed = Run(folder.Path, after, StepDirective.Continue);

        resumed.Recorders[0].Happenings.ShouldContain(h => h.Kind == HappeningKind.Resumed && h.Step == 4);
        resumed.Losses.Keys.Min().ShouldBe(5);
        foreach (var (step, loss) in resumed.Losses) loss.ShouldBe(expected[step], after == before ? 0 : 1e-4);

        SmallCluster Run(string path, int world, StepDirective atFour)
        {
            using var cluster = new SmallCluster(file, path, Steps) { Batches = TinyClips.Mixed, Directive = c => c.Step >= 4 ? atFour : StepDirective.Continue };
            for (var i = 0; i < world; i++) cluster.Join();
            cluster.Run();
            return cluster;
        }
    }

    [Theory]
    [InlineData("model.video.patch_stride=1", "other video tubes (model.video)")]
    [InlineData("model.video=false", "this run has none")]
    public void ACheckpointOfOtherTubesIsRefused_AlsoWhenTheirShapesAreEqual(string set, string says)
    {
        using var folder = new TemporaryFolder();
        using (var cluster = new SmallCluster(TinyClips.File(), folder.Path, 1) { Batches = TinyClips.Stills })
        {
            cluster.Join();
            cluster.Run();
        }

        using var other = new SmallCluster(TinyClips.File(set), folder.Path, 2) { Batches = TinyClips.Stills };
        other.Join();
        Should.Throw<CheckpointException>(() => other.Run()).Message.ShouldContain(says);
    }

    [Fact]
    public void NoTensorsPileUp_OverStepsOfMixedBatches()
    {
        using var folder = new TemporaryFolder();
        using var cluster = new SmallCluster(TinyClips.File("train.micro_batch=8", "checkpoint.every_steps=0"), folder.Path, 12) { Batches = TinyClips.Mixed };
        cluster.Join();
        var live = new List<long>();
        cluster.Run((_, _) => live.Add(torch.Tensor.TotalCount));

        // positions of every clip length are made once
        // fewer are those that earlier tests have left to the collector
        live[3..].ShouldAllBe(count => count <= live[2], string.Join(", ", live));
    }

    [Fact]
    public void RetrievalTellsClipsApartByTheirMotion_WhichTubesAloneSee()
    {
        string[] rules = [$"train.global_batch={TinyClips.Motions}", "data.lanes=1", "train.steps=150", "optim.lr=0.01", "optim.schedule=constant"];
        var (scores, losses) = Trained(TinyClips.File(rules));
        var (blind, _) = Trained(TinyClips.File([.. rules, "model.video.tubes=[]"]));

        losses[^1].ShouldBeLessThan(losses[0] / 4);
        Math.Min(scores.ImageToTextR1, scores.TextToImageR1).ShouldBeGreaterThan(0.9, $"chance is {1.0 / TinyClips.Motions}");
        (scores.ImageToTextR5, scores.TextToImageR10).ShouldBe((1, 1));
        Math.Max(blind.ImageToTextR1, blind.TextToImageR1).ShouldBeLessThan(0.75, "the background is seen, the direction a guess");

        static (RetrievalScores Scores, double[] Losses) Trained(RunFile file)
        {
            using var replica = TinyRun.Replica(file);
            var losses = Ranks.Run(1, group => TinyTraining.Train(group, file, 150, replica, TinyClips.Moving))[0].Select(r => r.Loss).ToArray();
            var draws = Enumerable.Range(9_999, 10).Select(draw => RetrievalEvaluation.Run(replica.Model, replica.Video, [TinyClips.Moving(draw, 0, TinyClips.Motions)], cancellation: TestContext.Current.CancellationToken));
            return (RetrievalScores.Mean([.. draws]), losses);
        }
    }

    [Fact]
    public void FeaturesKeepTheirRows_WhenAnEvaluationSetMixesPicturesAndClips()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        using var replica = TinyRun.Replica(TinyClips.File());
        using var batch = TinyClips.Mixed(3, 0, 9);
        var micro = Training.Batches.MicroBatch.Of(batch, 2, 6, replica.Model);
        micro.Media.Select(m => m.Frames).ShouldBe([1, 3, 4]);
        var together = micro.InBatchOrder(torch.cat([.. micro.Media.Select(m => m.Encode(replica.Model, replica.Video).Features)]));
        for (var row = 0; row < 6; row++)
        {
            var alone = Training.Batches.MicroBatch.Of(batch, 2 + row, 1, replica.Model);
            (alone.Media.Single().Encode(replica.Model, replica.Video).Features[0] - together[row]).abs().max().item<float>().ShouldBeLessThan(1e-5f);
            (micro.InBatchOrder(micro.Ids)[row].sum() - alone.Ids.sum()).item<long>().ShouldBe(0);
        }
    }
}
