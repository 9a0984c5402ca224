using MammutScale.Model.Detection;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Detection;

[Collection("torch")]
public sealed class OpenVocabularyDetectorTests : IDisposable
{
    private static readonly DetectionConfig Small = new()
    {
        Channels = 16,
        Scales = [2, 1],
        RoiSize = 3,
        HeadWidth = 32,
        Proposals = 40,
        ProposalsPerLevel = 100,
        SampledRegions = 32,
    };

    private readonly IDisposable _scope = NewDisposeScope();
    private readonly Mammut _model = Shapes.Disturbed(Shapes.Modern);

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void LearnsTwoScenesByHeart()
    {
        // bright squares on noise: two of class 0 and 1, then one of class 2
        PictureObjects[] scenes = [new([new(8, 8, 24, 24), new(32, 24, 56, 56)], [0, 1]), new([new(16, 30, 48, 60)], [2])];
        Tensor images = Paint(scenes);
        ClassNames names = Names(3);
        using OpenVocabularyDetector detector = new(_model, Small with { Fusion = new() { BaseWeight = 0 } }, seed: 1);
        using var optimizer = optim.AdamW(detector.Head.parameters(), lr: 4e-3, weight_decay: 0);
        Random random = new(2);
        float first = 0, last = 0;
        for (int step = 0; step < 100; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            DetectionLosses losses = detector.Losses(images, scenes, names, random);
            losses.Sum().backward();
            optimizer.step();
            // centreness has a floor above zero, the entropy of its soft targets: the others have none
            last = (losses.ProposalBoxes + losses.Classification + losses.Boxes).item<float>();
            first = step == 0 ? last : first;
        }
        last.ShouldBeLessThan(first / 3);
        IReadOnlyList<IReadOnlyList<DetectedObject>> found = detector.Detect(images, names);
        TrueObject[] truth = [.. scenes.SelectMany((s, p) => s.Boxes.Select((b, i) => new TrueObject(p, s.Classes[i], b.Left, b.Top, b.Width, b.Height, b.Area)))];
        ScoredBox[] scored = [.. found.SelectMany((all, p) => all.Select(d => new ScoredBox(p, d.Class, d.Box.Left, d.Box.Top, d.Box.Width, d.Box.Height, d.Score)))];
        DetectionScore score = DetectionScore.Of(truth, scored);
        score.Ap50.ShouldBeGreaterThan(0.95, $"AP {score.Ap}, losses {first} → {last}");
        score.Ap.ShouldBeGreaterThan(0.4, $"AP {score.Ap}, losses {first} → {last}");
    }

    [Fact]
    public void GradientsReachTheHead_AndTheEncoderOnlyWhereItIsTuned()
    {
        PictureObjects[] scenes = [new([new(4, 4, 20, 28)], [1])];
        Tensor images = Paint(scenes);
        foreach (bool tune in new[] { false, true })
        {
            _model.zero_grad();
            using OpenVocabularyDetector detector = new(_model, Small with { TuneEncoder = tune });
            detector.Losses(images, scenes, Names(3), new Random(1)).Sum().backward();
            foreach ((string name, TorchSharp.Modules.Parameter parameter) in detector.Head.named_parameters())
                parameter.grad.ShouldNotBeNull(name).abs().max().item<float>().ShouldBeGreaterThan(0, name);
            TorchSharp.Modules.Parameter patches = _model.named_parameters().Single(p => p.name == "visual.conv1.weight").parameter;
            (patches.grad is not null && patches.grad.abs().max().item<float>() > 0).ShouldBe(tune);
        }
    }

    [Fact]
    public void TheMapIsWhatAPicturesEmbeddingIsMadeOf()
    {
        Tensor images = Shapes.Images(Shapes.Modern, 2);
        Tensor map = _model.Encoder.FeatureMap(images);
        map.shape.ShouldBe([2, 32, 2, 2]);
        Shapes.Distance(Mammut.Normalized(_model.Encoder.RegionEmbedding(map.mean([2, 3]))), _model.EncodeImage(images).Features).ShouldBeLessThan(1e-5);
        _model.Encoder.FeatureMap(zeros(1, 3, 24, 40)).shape.ShouldBe([1, 32, 3, 5]);
    }

    [Fact]
    public void NovelClassesAreScoredByThePretrainedEncoder()
    {
        Tensor images = Shapes.Images(Shapes.Modern, 1);
        // a class named like the whole picture looks, and one named the opposite
        Tensor name = _model.EncodeImage(images).Features;
        ClassNames names = new(cat([-name, name], 0), [true, true]);
        using OpenVocabularyDetector detector = new(_model, Small with { Scales = [1], Fusion = new() { NovelWeight = 1, Temperature = 0.1 } });
        IReadOnlyList<DetectedObject> found = detector.Detect(images, names)[0];
        found.ShouldNotBeEmpty();
        found[0].Class.ShouldBe(1);
        // the untouched encoder decides, also when the detector's own has moved on
        using Mammut other = Shapes.Disturbed(Shapes.Modern, 99);
        using OpenVocabularyDetector moved = new(other, detector.Config with { Window = 1 }, pretrained: _model);
        moved.Detect(images, names)[0][0].Class.ShouldBe(1);
    }

    [Fact]
    public void LargeRegionsArePooledFromCoarseLevels()
    {
        LevelGrid[] grids = [new(64, 64, 4), new(32, 32, 8), new(16, 16, 16), new(8, 8, 32)];
        int[] levels = [.. new[] { 20, 111, 112, 223, 224, 448, 2000 }.Select(side => DetectionHead.Level(new(0, 0, side, side), grids))];
        levels.ShouldBe([0, 0, 1, 1, 2, 3, 3]);
    }

    [Fact]
    public void APictureWithoutObjectsTrains()
    {
        PictureObjects[] scenes = [new([], [])];
        using OpenVocabularyDetector detector = new(_model, Small);
        DetectionLosses losses = detector.Losses(Paint(scenes), scenes, Names(2), new Random(1));
        losses.Sum().backward();
        losses.Sum().isfinite().item<bool>().ShouldBeTrue();
        losses.Boxes.item<float>().ShouldBe(0);
    }

    [Fact]
    public void SaysWhatItTakes()
    {
        using OpenVocabularyDetector detector = new(_model, Small);
        Should.Throw<ArgumentException>(() => detector.Detect(zeros(1, 3, 20, 16), Names(2))).Message.ShouldContain("multiples of 8");
        Should.Throw<ArgumentException>(() => detector.Detect(zeros(1, 3, 16, 16), new(zeros(2, 5)))).Message.ShouldContain("[C, 24]");
        Should.Throw<ArgumentException>(() => detector.Losses(zeros(1, 3, 16, 16), [new([new(0, 0, 4, 4)], [2])], Names(2), new Random(1))).Message.ShouldContain("class outside 0 to 1");
        Should.Throw<ModelConfigException>(() => new OpenVocabularyDetector(_model, Small with { Scales = [3] })).Message.ShouldContain("choose of");
    }

    private static ClassNames Names(int count)
    {
        using Generator generator = new(17);
        return new(nn.functional.normalize(empty([count, Shapes.Modern.EmbedDim]).normal_(0, 1, generator), dim: 1));
    }

    private static Tensor Paint(PictureObjects[] scenes)
    {
        using Generator generator = new(3);
        Tensor images = empty([scenes.Length, 3, 64, 64]).normal_(0, 0.1, generator);
        for (int picture = 0; picture < scenes.Length; picture++)
        {
            for (int i = 0; i < scenes[picture].Boxes.Count; i++)
            {
                ImageBox box = scenes[picture].Boxes[i];
                images[picture, scenes[picture].Classes[i]].slice(0, (long)box.Top, (long)box.Bottom, 1).slice(1, (long)box.Left, (long)box.Right, 1).add_(2);
            }
        }
        return images;
    }
}
