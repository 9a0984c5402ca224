using MammutScale.DataLoader;
using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Scenes;
using MammutScale.Model;
using MammutScale.TestKit;
using MammutScale.Training.Batches;
using MammutScale.Training.Configuration;
using MammutScale.Training.Data;

namespace MammutScale.Training.Tests.Runs;

public sealed class ClipDataTests
{
    [Fact]
    public async Task ARunGetsTheFramesThatItAsksFor_AndStepsThatEncodePicturesRefuseThem()
    {
        using var folder = new Support.TemporaryFolder();
        var samples = Path.Combine(Repository.Root, "dataloader", "samples");
        await new SceneBuilder(samples, folder.Path, new SceneOptions { TrainScenes = 1, EvalScenes = 1, TrainClips = 8, EvalClips = 4, ClipFrames = 9 }).BuildAsync(TestContext.Current.CancellationToken);
        var file = RunFile.Load(Path.Combine(samples, "quickstart.yaml"),
        [
            $"data.train=[{folder.Path}/clip-captions/train]", $"data.eval=[{folder.Path}/clip-captions/eval]", "train.global_batch=8", "data.lanes=2",
            "data.video.frames=5", "data.video.sampling=window",
        ]).WithAbsolutePaths(samples);
        using var data = await RunData.OpenAsync(file, cancellation: TestContext.Current.CancellationToken);
        using var batches = data.OpenBatches(new LaneRange(0, 2), 0);
        using var batch = batches.Next(TestContext.Current.CancellationToken);
        batch.Frames.ShouldBe(5);
        batch.Images.Length.ShouldBe(8 * 5 * 3 * batch.ImageSize * batch.ImageSize);
        foreach (var held in data.Evaluations()[0].Open())
            using (held) held.Frames.ShouldBe(5);
        using var model = new Mammut(Support.TinyRun.Config);
        Should.Throw<DataFormatException>(() => MicroBatch.Of(batch, 0, 8, model)).Message.ShouldContain("clips of 5 frames");
    }
}
