using MammutScale.Model;
using MammutScale.Model.Tubes;
using MammutScale.Model.Weights;
using MammutScale.Training.Binding;
using MammutScale.Training.Configuration;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Configuration;

/// <summary>model.video: which tubes a run file gives.</summary>
public sealed class VideoShapeTests
{
    [Fact]
    public void ARunIsOneOfPictures_UnlessItSaysOtherwise()
    {
        Resolve(TinyRun.File()).ShouldBeNull();
        Resolve(TinyRun.File("model.video=false")).ShouldBeNull();
        TinyRun.File().ToYaml().ShouldNotContain("patch_stride");
    }

    [Theory]
    [InlineData(32, 1)]
    [InlineData(64, 1)]
    [InlineData(16, 0.5)]
    public void TheTubesAreThePapers_ScaledToPatchesAndFrames(int frames, double time)
    {
        var file = RunFile.Parse($$"""
            name: clips
            model: {preset: mammut-small, video: true}
            data: {train: [{path: none}], lanes: 8, video: {frames: {{frames}} } }
            train: {global_batch: 64, steps: 10}
            """);
        var video = Resolve(file).ShouldNotBeNull();
        video.Tubes.ShouldBe(VideoConfig.PaperTubes.Select(tube => tube.Scaled(time, 1)));
        video.PatchStride.ShouldBe((int)(32 * time));
        video.Tokens(ModelShape.Resolve(file).Vision, frames).ShouldBe(frames switch { 64 => 1176, 32 => 539, _ => 539 }, "model.md, 4.1");
    }

    [Fact]
    public void TheResolvedFileReadsBackAsItself_WithTubesOfItsOwn()
    {
        var file = TinyClips.File("model.video.tau=500", "model.video.init=random", "model.video.tubes.0.joined=[1, 1, 2]");
        var again = RunFile.Parse(file.ToYaml());

        again.ToYaml().ShouldBe(file.ToYaml());
        var video = Resolve(again).ShouldNotBeNull();
        VideoConfigJson.Write(video).ShouldBe(VideoConfigJson.Write(Resolve(file)!));
        (video.PatchStride, video.Tau, video.Initialization, video.Tubes.Count).ShouldBe((2, 500, TubeInitialization.Random, 2));
        video.Tubes[0].ShouldBe(new Tube(new(2, 4, 4), new(2, 4, 4), default) { Joined = new(1, 1, 2) });
        Resolve(TinyRun.File("model.video=true", "model.video.patch_stride=3", "data.video.frames=8"))!.PatchStride.ShouldBe(3);
    }

    [Theory]
    [InlineData("model.video.tubess=[]", "model.video.tubess", "did you mean tubes?")]
    [InlineData("model.video.tubes.0.strde=[1, 1, 1]", "model.video.tubes.0.strde", "did you mean stride?")]
    [InlineData("model.video.tubes=[{stride: [1, 1, 1]}]", "model.video.tubes.0.size is missing", "e.g. size: [8, 8, 8]")]
    [InlineData("model.video.tubes.0.size=[4, 4]", "model.video.tubes.0.size", "a list of 3 values")]
    [InlineData("model.video.tubes.0.size=[0, 4, 4]", "model.video.tubes.0.size.0", "at least 1")]
    [InlineData("model.video.init=inflate", "model.video.init", "did you mean inflated?")]
    [InlineData("model.video.tubes.0.size=[5, 4, 4]", "model.video.tubes.0: a tube of 5×4×4", "data.video.frames: 4")]
    [InlineData("model.video.tubes.0.size=[2, 9, 4]", "model.video: Such video tubes cannot be built", "does not fit into a picture of 8 × 8")]
    [InlineData("model.video.tubes.0.joined=[1, 3, 1]", "model.video: Such video tubes cannot be built", "joins 1×3×1 boxes")]
    [InlineData("data.video.frames=1", "data.video.frames is 1", "leave model.video out")]
    public void WrongKeysAndTubesAreNamed(string set, string where, string remedy)
    {
        var message = Should.Throw<RunSpecException>(() => ModelShape.Resolve(TinyClips.File(set))).Message;
        message.ShouldContain(where);
        message.ShouldContain(remedy);
    }

    [Fact]
    public void TubesBesideTheWeightsAreTakenAsTheyAre_AndOthersStartFromThePatchProjection()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "w.safetensors");
        using var model = new Mammut(TinyRun.Config, seed: 99);
        OpenClipFiles.Export(model, path);
        string[] from = ["model={init_from: '" + path + "'}", "model.video=true", $"data.video.frames={TinyClips.Frames}"];
        using (var spread = TinyRun.Replica(TinyRun.File(from)))
        using (var expected = new VideoEncoder(model, spread.Video!.Config))
        {
            spread.Begin();
            Distance(spread.Video.NamedParameters(), expected.NamedParameters()).ShouldBe(0, "spread from the file's patch projection");
        }

        VideoConfig other = Resolve(TinyClips.File())! with { Initialization = TubeInitialization.Random };
        using var trained = new VideoEncoder(model, other, seed: 5);
        VideoFiles.Export(trained, path);
        using var replica = TinyRun.Replica(TinyRun.File(from));
        replica.Begin();
        VideoConfigJson.Write(replica.Video!.Config).ShouldBe(VideoConfigJson.Write(other));
        Distance(replica.Video.NamedParameters(), trained.NamedParameters()).ShouldBe(0);

        using var moved = TinyRun.Replica(TinyRun.File([.. from, "model.video.patch_stride=1"]));
        Should.Throw<WeightsException>(moved.Begin).Message.ShouldContain("tubes that lie elsewhere in a clip");
    }

    private static VideoConfig? Resolve(RunFile file) => VideoShape.Resolve(file, ModelShape.Resolve(file));

    private static float Distance(IEnumerable<(string Name, TorchSharp.Modules.Parameter Parameter)> a, IEnumerable<(string Name, TorchSharp.Modules.Parameter Parameter)> b)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        return a.Zip(b).Max(p => p.First.Name == p.Second.Name ? (p.First.Parameter - p.Second.Parameter).abs().max().item<float>() : float.NaN);
    }
}
