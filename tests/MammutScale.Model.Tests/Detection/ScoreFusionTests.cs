using MammutScale.Model.Detection;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Detection;

[Collection("torch")]
public sealed class ScoreFusionTests
{
    [Fact]
    public void IsTheGeometricMeanOfBothWithBackgroundFromTheDetector()
    {
        using var scope = NewDisposeScope();
        Tensor p = tensor(new[] { 0.2f, 0.5f, 0.3f }, [1, 3]), z = tensor(new[] { 0.7f, 0.1f, 0.2f }, [1, 3]);
        double[] parts = [0.2, Math.Pow(0.5, 0.65) * Math.Pow(0.1, 0.35), Math.Pow(0.3, 0.35) * Math.Pow(0.2, 0.65)];
        float[] fused = new ScoreFusion().Apply(p, z, [false, true]).data<float>().ToArray();
        for (int i = 0; i < 3; i++)
            ((double)fused[i]).ShouldBe(parts[i] / parts.Sum(), 1e-6);
    }

    [Fact]
    public void IsTheDetectorsScore_WhenBothWeightsAreZero()
    {
        using var scope = NewDisposeScope();
        Tensor p = tensor(new[] { 0.2f, 0.5f, 0.3f }, [1, 3]), z = tensor(new[] { 0, 0.1f, 0.9f }, [1, 3]);
        Shapes.Distance(new ScoreFusion { BaseWeight = 0, NovelWeight = 0 }.Apply(p, z, [false, true]), p).ShouldBeLessThan(1e-6);
    }
}
