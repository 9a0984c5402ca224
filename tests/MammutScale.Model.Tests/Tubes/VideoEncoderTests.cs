using MammutScale.Model.Configuration;
using MammutScale.Model.Generation;
using MammutScale.Model.Tubes;
using MammutScale.Model.Weights;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Tubes;

[Collection("torch")]
public sealed class VideoEncoderTests : IDisposable
{
    private static readonly VideoConfig TwoTubes = new()
    {
        PatchStride = 4,
        Tubes = [new(new(2, 4, 4), new(3, 6, 6), new(1, 2, 2)), new(new(5, 8, 8), new(1, 8, 8), default)],
    };

    private readonly IDisposable _scope = NewDisposeScope();
    private readonly Mammut _model = Shapes.Disturbed(Shapes.Modern);

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AStillIsAClipOfOneFrame(bool fork)
    {
        MammutConfig config = fork ? Shapes.Fork : Shapes.Modern;
        using Mammut model = Shapes.Disturbed(config);
        using VideoEncoder encoder = new(model, TwoTubes);
        Tensor images = Shapes.Images(config, 3);
        ImageEncoding still = model.EncodeImage(images);
        VideoEncoding clip = encoder.EncodeVideo(images.unsqueeze(1));
        Shapes.Distance(clip.Features, still.Features).ShouldBe(0);
        Shapes.Distance(clip.Tokens, still.Tokens).ShouldBe(0);
    }

    [Fact]
    public void AClipIsItsFirstFrame_WhenThereAreNoTubesAndTheGateIsShut()
    {
        using VideoEncoder encoder = new(_model, new() { Tubes = [], PatchStride = 32 });
        Tensor frames = Clips(2, 9);
        Shapes.Distance(encoder.EncodeVideo(frames).Features, _model.EncodeImage(frames.select(1, 0)).Features).ShouldBe(0);
    }

    [Fact]
    public void FramesBetweenAreSeenThroughTubesOnly()
    {
        using VideoEncoder blind = new(_model, TwoTubes with { Tubes = [] }), seeing = new(_model, TwoTubes);
        Tensor frames = Clips(2, 5), other = frames.clone();
        other.select(1, 2).add_(1);
        Shapes.Distance(blind.EncodeVideo(frames).Features, blind.EncodeVideo(other).Features).ShouldBe(0);
        Shapes.Distance(seeing.EncodeVideo(frames).Features, seeing.EncodeVideo(other).Features).ShouldBeGreaterThan(1e-4);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(3, 4 + 4)] // two frames from 1 on
    [InlineData(5, 8 + 4 + 4)] // patches of frames 0 and 4; one of each tube in time
    [InlineData(6, 8 + 8 + 8)]
    public void TokensAreCounted_WhateverTheNumberOfFrames(int frames, int expected)
    {
        using VideoEncoder encoder = new(_model, TwoTubes);
        TwoTubes.Tokens(Shapes.Modern.Vision, frames).ShouldBe(expected);
        encoder.EncodeVideo(Clips(1, frames)).Tokens.shape.ShouldBe([1, expected, 32]);
    }

    [Fact]
    public void AProjectionIsAConvolutionInThreeDimensions()
    {
        using VideoEncoder encoder = new(_model, TwoTubes with { Initialization = TubeInitialization.Random }, seed: 3);
        Tensor frames = Clips(2, 6);
        Tensor[] tokens = [.. encoder.Tubes.Apply(frames)];
        Tensor weight = encoder.Tubes.named_parameters().Single(p => p.name == "projections.0.weight").parameter;
        Tensor cut = frames.transpose(1, 2).slice(2, 1, 6, 1).slice(3, 2, 16, 1).slice(4, 2, 16, 1);
        Tensor expected = nn.functional.conv3d(cut, weight, strides: [3, 6, 6]);
        Shapes.Distance(tokens[0], expected.flatten(2).transpose(1, 2)).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void NeighboursShareATokensChannels_WhenTheyAreJoined()
    {
        Tube tube = new(new(2, 4, 4), new(4, 8, 8), new(1, 0, 2)) { Joined = new(2, 1, 2) };
        using VideoEncoder encoder = new(_model, TwoTubes with { Tubes = [tube] }, seed: 3);
        Tensor frames = Clips(2, 9);
        Tensor tokens = encoder.Tubes.Apply(frames).Single();
        tokens.shape.ShouldBe([2, 2 * 2 * 1, 32]);
        Tensor weight = encoder.Tubes.named_parameters().Single(p => p.name == "projections.0.weight").parameter;
        weight.shape.ShouldBe([8, 3, 2, 4, 4]);
        // token (time 1, row 1, column 0): boxes at frames 5 and 7, row 8, columns 2 and 6
        Tensor[] parts = [.. new[] { (5, 2), (5, 6), (7, 2), (7, 6) }.Select(at =>
            (frames[1].slice(0, at.Item1, at.Item1 + 2, 1).slice(2, 8, 12, 1).slice(3, at.Item2, at.Item2 + 4, 1).transpose(0, 1) * weight).flatten(1).sum(1))];
        Shapes.Distance(tokens[1, 3], cat(parts, 0)).ShouldBeLessThan(1e-5);
        Shapes.Distance(tensor(TubePositions.Of(tube, new(9, 16, 16), 32, 10_000), [4, 32])[3, 1], tensor(MathF.Cos(7))).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void AnEvenSurfaceGivesThePatchsToken_WhenInflated()
    {
        // 8 → 4 pixels: bilinear resizing averages pairs, so sums are kept exactly
        using VideoEncoder encoder = new(_model, TwoTubes);
        Tensor even = ones([1, 5, 3, 16, 16]) * tensor(new[] { 0.3f, -1.2f, 0.8f }).view(3, 1, 1);
        Tensor patch = _model.Encoder.PatchWeight.flatten(2).sum(2).matmul(tensor(new[] { 0.3f, -1.2f, 0.8f }));
        foreach (Tensor tokens in encoder.Tubes.Apply(even))
            Shapes.Distance(tokens[0, 0], patch).ShouldBeLessThan(1e-5);
        using VideoEncoder zero = new(_model, TwoTubes with { Initialization = TubeInitialization.Zero });
        zero.Tubes.Apply(even).Max(t => t.abs().max().item<float>()).ShouldBe(0);
    }

    [Fact]
    public void FixedPositionsComeThroughTheGate()
    {
        using VideoEncoder encoder = new(_model, TwoTubes);
        Tensor frames = Clips(2, 6);
        Tensor shut = Embedded();
        using (no_grad())
            encoder.Tubes.Gate.fill_(0.5);
        VisionConfig vision = Shapes.Modern.Vision;
        Extent clip = new(6, 16, 16);
        float[] rows = [.. TwoTubes.Tubes.Prepend(TwoTubes.Patches(vision)).SelectMany(t => TubePositions.Of(t, clip, 32, 10_000))];
        Tensor expected = tensor(rows, [1, 24, 32]) * Math.Tanh(0.5);
        using Mammut plain = new(Shapes.Modern with { Vision = vision with { PreNorm = false } });
        using VideoEncoder open = new(plain, TwoTubes);
        Tensor before = Direct(zeros(24, 32)), after = Direct(expected[0]);
        Shapes.Distance((after - before).narrow(1, 1, 24), expected.expand(2, -1, -1)).ShouldBeLessThan(1e-5);
        Shapes.Distance(shut, Embedded()).ShouldBeGreaterThan(1e-3);

        Tensor Embedded() => encoder.EncodeVideo(frames).Tokens;

        Tensor Direct(Tensor positions) =>
            plain.Encoder.EmbedVideo(frames.slice(1, 0, 6, 4).reshape(-1, 3, 16, 16), 2, open.Tubes.Apply(frames), positions);
    }

    [Fact]
    public void GradientsReachTubesGateAndTheSharedEncoder()
    {
        using VideoEncoder encoder = new(_model, TwoTubes);
        using (no_grad())
            encoder.Tubes.Gate.fill_(0.1);
        VideoEncoding encoding = encoder.EncodeVideo(Clips(2, 6));
        (encoding.Features.select(1, 0).sum() + _model.CaptionHidden(Shapes.Texts(Shapes.Modern, 5, 7), encoding.Tokens).pow(2).select(2, 0).sum()).backward();
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in encoder.Tubes.named_parameters().Concat(_model.named_parameters().Where(p => p.name.StartsWith("visual.", StringComparison.Ordinal))))
            parameter.grad.ShouldNotBeNull(name).abs().max().item<float>().ShouldBeGreaterThan(0, name);
    }

    [Fact]
    public void TheModelsOwnNamesStayAsTheyAre()
    {
        string[] before = [.. _model.state_dict().Keys];
        using VideoEncoder encoder = new(_model, TwoTubes);
        _model.state_dict().Keys.ShouldBe(before);
        encoder.Tubes.state_dict().Keys.ShouldBe(["gate", "projections.0.weight", "projections.1.weight"], ignoreOrder: true);
        encoder.Tubes.Gate.item<float>().ShouldBe(0);
    }

    [Fact]
    public void VideosAreCaptionedLikePictures()
    {
        using VideoEncoder encoder = new(_model, TwoTubes);
        IReadOnlyList<IReadOnlyList<GeneratedCaption>> captions =
            new CaptionGenerator(_model).Generate(encoder.EncodeVideo(Clips(3, 6)).Tokens, new() { BosId = 35, EosId = 36, MinLength = 3 });
        captions.Count.ShouldBe(3);
        captions.ShouldAllBe(c => c[0].Ids.Count >= 3);
    }

    [Fact]
    public void Bfloat16IsCloseToFloat32()
    {
        using Mammut full = new(Shapes.Modern, 3), half = new(Shapes.Modern, 3, ScalarType.BFloat16);
        using VideoEncoder exact = new(full, TwoTubes), rounded = new(half, TwoTubes);
        Tensor frames = Clips(2, 6);
        VideoEncoding encoding = rounded.EncodeVideo(frames);
        encoding.Tokens.dtype.ShouldBe(ScalarType.BFloat16);
        Shapes.Distance(encoding.Features, exact.EncodeVideo(frames).Features).ShouldBeLessThan(0.03);
    }

    [Fact]
    public void TubesAreWrittenAndReadBack()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using VideoEncoder a = new(_model, TwoTubes with { Initialization = TubeInitialization.Random }, seed: 1), b = new(_model, TwoTubes);
            ModelWeights.Save(a.Tubes, path);
            Tensor frames = Clips(1, 6);
            Shapes.Distance(a.EncodeVideo(frames).Features, b.EncodeVideo(frames).Features).ShouldBeGreaterThan(1e-4);
            using SafetensorsFile file = SafetensorsFile.Open(path);
            ModelWeights.Load(b.Tubes, "video tubes", file);
            Shapes.Distance(a.EncodeVideo(frames).Features, b.EncodeVideo(frames).Features).ShouldBe(0);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void SaysWhatItTakes_WhenFramesHaveAnotherShape()
    {
        using VideoEncoder encoder = new(_model, TwoTubes);
        Should.Throw<ArgumentException>(() => encoder.EncodeVideo(zeros([1, 3, 16, 16]))).Message.ShouldContain("[B, T, 3, 16, 16]");
    }

    private static Tensor Clips(int count, int frames) => Shapes.Images(Shapes.Modern, count * frames, 11).view(count, frames, 3, 16, 16);
}
