using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Scenes;
using MammutScale.TestKit;
using MammutScale.Training.Binding;
using MammutScale.Training.Configuration;
using MammutScale.Training.Data;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Runs;

/// <summary>Real MP4 clips and pictures, from the Parquet files that `mammut data make-scenes` writes.</summary>
public sealed class ClipDataTests : IAsyncLifetime
{
    private static readonly string Samples = Path.Combine(Repository.Root, "dataloader", "samples");
    private readonly Support.TemporaryFolder _folder = new();

    public async ValueTask InitializeAsync() =>
        await new SceneBuilder(Samples, _folder.Path, new SceneOptions { TrainScenes = 6, EvalScenes = 2, TrainClips = 6, EvalClips = 3, ClipFrames = 9 }).BuildAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task ClipsAndPicturesOfARunComeInOneBatch_AndTrainAndRetrieve()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var file = File("model.video=true", "data.video.frames=5", "data.video.sampling=window", "eval.batch=4");
        using var data = await RunData.OpenAsync(file, cancellation: cancellation);
        using (var batches = data.OpenBatches(new LaneRange(0, 2), 0))
        using (var batch = batches.Next(cancellation))
        {
            batch.Frames.ShouldBe(5);
            batch.FrameCounts.Order().ToArray().ShouldBe([1, 1, 1, 1, 5, 5, 5, 5], "equal weights");
        }

        using var group = Collectives.InProcessGroup.Create(1)[0];
        using var session = new Training.Runs.TrainingSession(file, data.Tokenizer.VocabularySize, threads: 1);
        var recorder = new Recorder();
        session.Run(new Training.Runs.GenerationSetup
        {
            Group = group,
            Store = Storage.BlobStores.Open(_folder.Path + "/store"),
            OpenBatches = next => data.OpenBatches(new LaneRange(0, 2), next),
            TotalSteps = data.TotalSteps,
            DataFingerprint = data.Fingerprint,
            Evaluations = data.Evaluations(),
            Observer = recorder,
        }, cancellation);

        recorder.Steps.Count.ShouldBe(2);
        recorder.Evaluations.Select(e => e.Scores.Images).ShouldBe([3, 2]);
    }

    [Fact]
    public async Task OneSentenceSaysWhatToWrite_WhenClipsMeetAModelOfPictures_OrTubesMeetPictures()
    {
        var cancellation = TestContext.Current.CancellationToken;
        (await Should.ThrowAsync<RunSpecException>(() => RunData.OpenAsync(File(), cancellation: cancellation)))
            .Message.ShouldContain("data: moving, clips hold clips, and the model takes pictures only; write video: true under model");
        (await Should.ThrowAsync<RunSpecException>(() => RunData.OpenAsync(File("model.video=true", $"data.train=[{_folder.Path}/captions/train]", "data.eval=[]"), cancellation: cancellation)))
            .Message.ShouldContain("none of train holds any; leave model.video out");
        // one frame of a clip is a picture
        using var data = await RunData.OpenAsync(File("data.video.frames=1"), cancellation: cancellation);
    }

    private RunFile File(params string[] overrides) => RunFile.Load(Path.Combine(Samples, "quickstart.yaml"),
    [
        $"data.train=[{{name: moving, path: {_folder.Path}/clip-captions/train}}, {{name: still, path: {_folder.Path}/captions/train}}]",
        $"data.eval=[{{name: clips, path: {_folder.Path}/clip-captions/eval}}, {{name: pictures, path: {_folder.Path}/captions/eval}}]",
        "train.global_batch=8", "train.steps=2", "data.lanes=2", .. overrides,
    ]).WithAbsolutePaths(Samples);
}
