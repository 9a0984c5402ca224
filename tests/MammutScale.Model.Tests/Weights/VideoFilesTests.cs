using MammutScale.Model.Tubes;
using MammutScale.Model.Weights;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Weights;

[Collection("torch")]
public sealed class VideoFilesTests : IDisposable
{
    private static readonly VideoConfig Config = new()
    {
        PatchStride = 3,
        Tau = 700,
        Tubes = [new(new(2, 4, 4), new(3, 6, 6), new(1, 2, 2)), new(new(5, 8, 8), new(2, 8, 8), default) { Joined = new(2, 1, 1) }],
        Initialization = TubeInitialization.Random,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("mammut-video-").FullName;
    private readonly Mammut _model = new(Shapes.Modern);

    private string Weights => Path.Combine(_folder, "w.safetensors");

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void TubesComeBackBitForBit_WithTheirPlaces(ScalarType dtype)
    {
        using var model = new Mammut(Shapes.Modern, dtype: dtype);
        using VideoEncoder written = new(model, Config, seed: 3);
        VideoFiles.Export(written, Weights).ShouldBe(Path.Combine(_folder, "w.video.safetensors"));
        using VideoEncoder read = VideoFiles.Import(model, Weights);

        VideoConfigJson.Write(read.Config).ShouldBe(VideoConfigJson.Write(Config));
        read.NamedParameters().Select(p => p.Name).ShouldBe(["video.gate", "video.projections.0.weight", "video.projections.1.weight"], ignoreOrder: true);
        byte[] first = File.ReadAllBytes(VideoFiles.PathOf(Weights));
        VideoFiles.Export(read, Weights);
        File.ReadAllBytes(VideoFiles.PathOf(Weights)).ShouldBe(first);
    }

    [Fact]
    public void TensorsAreNamed_WhenTubesAreOthers()
    {
        using VideoEncoder written = new(_model, Config);
        VideoFiles.Export(written, Weights);
        using VideoEncoder larger = new(_model, Config with { Tubes = [Config.Tubes[0] with { Size = new(3, 4, 4) }] });
        string message = Should.Throw<WeightsException>(() => VideoFiles.Load(larger, Weights)).Message;
        message.ShouldContain("video.projections.0.weight: found F32 [32, 3, 2, 4, 4], expected [32, 3, 3, 4, 4]");
        message.ShouldContain("unexpected  video.projections.1.weight");
        using VideoEncoder elsewhere = new(_model, Config with { Tau = 10 });
        Should.Throw<WeightsException>(() => VideoFiles.Load(elsewhere, Weights)).Message.ShouldContain("lie elsewhere");
    }

    [Theory]
    [InlineData("{\"patch_stride\":1,\"tau\":10,\"tubes\":[{\"size\":[1,2],\"stride\":[1,1,1],\"offset\":[0,0,0],\"joined\":[1,1,1]}]}", "2 numbers")]
    [InlineData("{\"patch_stride\":1,\"tau\":10}", "tubes")]
    [InlineData("nonsense", "cannot be read")]
    [InlineData(null, "no key 'video'")]
    public void TheFileIsNamed_WhenItDoesNotSayWhereItsTubesLie(string? json, string says)
    {
        using Tensor gate = zeros([]);
        SafetensorsWriter.Write(VideoFiles.PathOf(Weights), [("video.gate", gate)], json is null ? null : new Dictionary<string, string> { ["video"] = json });
        string message = Should.Throw<WeightsException>(() => VideoFiles.Find(Weights)).Message;
        message.ShouldContain("w.video.safetensors");
        message.ShouldContain(says);
    }

    [Fact]
    public void ThereAreNone_WhenNoFileLiesBesideTheWeights() => VideoFiles.Find(Weights).ShouldBeNull();
}
