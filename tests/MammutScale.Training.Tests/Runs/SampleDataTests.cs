using MammutScale.DataLoader.Planning;
using MammutScale.Storage;
using MammutScale.TestKit;
using MammutScale.Training.Configuration;
using MammutScale.Training.Data;
using MammutScale.Training.Runs;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Runs;

public sealed class SampleDataTests
{
    [Fact]
    public async Task TwoRanksLoseLikeOne_OnTheSampleData()
    {
        var one = await Train(1);
        var two = await Train(2);

        one.Count.ShouldBe(3);
        for (var step = 0; step < 3; step++) two[step].ShouldBe(one[step], 1e-4);
        one[^1].ShouldBeLessThan(one[0]);
    }

    private static async Task<List<double>> Train(int world)
    {
        using var folder = new Support.TemporaryFolder();
        var samples = Path.Combine(Repository.Root, "dataloader", "samples");
        var file = RunFile.Load(Path.Combine(samples, "quickstart.yaml"),
        [
            "train.steps=3", "train.global_batch=16", "data.lanes=8", "model.vision_layers=1", "model.text_layers=2", "checkpoint.every_steps=0", "data.eval=[]", "optim.warmup_steps=0",
        ]).WithAbsolutePaths(samples);
        using var data = await RunData.OpenAsync(file);
        var lanes = file.Data.Lanes;
        var recorders = Enumerable.Range(0, world).Select(_ => new Recorder()).ToArray();
        Ranks.Run(world, group =>
        {
            var (first, count) = Ranks.Part(lanes, group.Rank, world);
            using var session = new TrainingSession(file, data.Tokenizer.VocabularySize, threads: 1);
            return session.Run(new GenerationSetup
            {
                Group = group,
                Store = BlobStores.Open(folder.Path),
                OpenBatches = start => data.OpenBatches(new LaneRange(first, count), start),
                TotalSteps = data.TotalSteps,
                DataFingerprint = data.Fingerprint,
                Evaluations = data.Evaluations(),
                Observer = recorders[group.Rank],
            });
        });
        return [.. recorders[0].Steps.Select(s => s.Result.Loss)];
    }
}
