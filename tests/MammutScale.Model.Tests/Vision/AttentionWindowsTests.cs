using MammutScale.Model.Layers;
using MammutScale.Model.Vision;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Vision;

[Collection("torch")]
public sealed class AttentionWindowsTests : IDisposable
{
    private static readonly MammutConfig Config = Shapes.Modern with { Vision = Shapes.Modern.Vision with { Layers = 9 } };
    private readonly IDisposable _scope = NewDisposeScope();
    private readonly Mammut _model = Shapes.Disturbed(Config);
    private readonly Tensor _images;

    public AttentionWindowsTests()
    {
        using Generator generator = new(4);
        _images = empty([2, 3, 40, 24]).normal_(0, 1, generator);
    }

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    public void OneWindowOverEverythingIsGlobalAttention_HoweverFarItReachesOver(int window) =>
        Shapes.Distance(_model.Encoder.FeatureMap(_images, window), _model.Encoder.FeatureMap(_images)).ShouldBeLessThan(1e-5);

    [Fact]
    public void PatchesSeeTheirWindowOnly()
    {
        // 5 × 3 patches in windows of 2: in one block the last row and column stand alone
        AttentionWindows windows = new(5, 3, 2, CPU);
        SelfBlock block = _model.Encoder.Block(0);
        Tensor x = Shapes.Images(Config, 1, 9).flatten().narrow(0, 0, 16 * 32).view(1, 16, 32);
        Tensor before = windows.Run(x, block);
        Seen(0).ShouldBe([0, 1, 3, 4]);
        Seen(4).ShouldBe([0, 1, 3, 4]);
        Seen(2).ShouldBe([2, 5]);
        Seen(7).ShouldBe([6, 7, 9, 10]);
        Seen(14).ShouldBe([14]);

        int[] Seen(int patch) => [.. Enumerable.Range(0, 15).Where(other =>
        {
            Tensor changed = x.clone();
            changed.select(1, 1 + other).mul_(-1);
            return Shapes.Distance(windows.Run(changed, block).select(1, 1 + patch), before.select(1, 1 + patch)) > 1e-6;
        })];
    }

    [Fact]
    public void FourBlocksOrMoreStayGlobal() =>
        // two patches in far windows still change one another
        Shapes.Distance(Corner(0), Corner(1)).ShouldBeGreaterThan(1e-4);

    private Tensor Corner(double added)
    {
        Tensor changed = _images.clone();
        changed.narrow(2, 32, 8).narrow(3, 16, 8).add_(added);
        return _model.Encoder.FeatureMap(changed, 2).select(2, 0).select(2, 0);
    }
}
