using MammutScale.Model.Losses;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Losses;

[Collection("torch")]
public sealed class ContrastiveLossTests : IDisposable
{
    private const int Pairs = 8, Width = 6;
    private readonly IDisposable _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(2, 1.0, 0.3132616875)]
    [InlineData(4, 1.0, 0.7436683806)]
    [InlineData(8, 1.0, 1.274008836)]
    [InlineData(2, 1 / 0.07, 6.248747557e-07)]
    [InlineData(4, 1 / 0.07, 1.874623096e-06)]
    public void InfoNceMatchesTheGoldenNumbers_WhenPairsAreOrthonormal(int n, double scale, double expected) =>
        ((double)ContrastiveLoss.InfoNce(PairBatch.Whole(eye(n), eye(n)), tensor((float)scale)).item<float>()).ShouldBe(expected, 1e-6);

    [Fact]
    public void InfoNceIsLogN_WhenAllFeaturesAreEqual() =>
        ((double)ContrastiveLoss.InfoNce(PairBatch.Whole(ones(4, 3) / Math.Sqrt(3), ones(4, 3) / Math.Sqrt(3)), tensor(14f)).item<float>()).ShouldBe(1.3862943611, 1e-6);

    [Theory]
    [InlineData(2, 0.6931925795)]
    [InlineData(4, 0.6932833773)]
    [InlineData(8, 0.6934649729)]
    public void SigLipMatchesTheGoldenNumbers_WhenPairsAreOrthonormal(int n, double expected) =>
        ((double)ContrastiveLoss.Sigmoid(PairBatch.Whole(eye(n), eye(n)), tensor(10f), tensor(-10f)).item<float>()).ShouldBe(expected, 1e-6);

    [Theory]
    [InlineData(0, 6.2065581332)]
    [InlineData(1, 3.7706008397)]
    [InlineData(2, 2.5113625682)]
    public void FocalMatchesTheGoldenNumbers(double gamma, double expected)
    {
        Tensor logits = tensor(new float[] { 2, -1, .5f, 0, 1, -2, 1.5f, .3f, -.7f }).view(3, 3);
        // the golden sum has one direction and no mean: ours has two and divides by N
        ((double)ContrastiveLoss.Focal(PairBatch.Whole(logits, eye(3)), tensor(1f), gamma).item<float>() * 3 / 2).ShouldBe(expected, 1e-5);
    }

    [Fact]
    public void FocalWithoutGammaIsTwiceSigLipWithoutBias()
    {
        (Tensor image, Tensor text, Tensor scale, _) = Inputs();
        double focal = ContrastiveLoss.Focal(PairBatch.Whole(image, text), scale, 0).item<float>(), sigmoid = ContrastiveLoss.Sigmoid(PairBatch.Whole(image, text), scale, tensor(0f)).item<float>();
        focal.ShouldBe(2 * sigmoid, 1e-5);
    }

    [Theory]
    [InlineData("infonce")]
    [InlineData("sigmoid")]
    [InlineData("focal0.5")]
    [InlineData("focal2")]
    [InlineData("balanced")]
    public void GradientsAreAutogradsOfThePlainFormula(string kind)
    {
        (Tensor image, Tensor text, Tensor scale, Tensor bias) = Inputs();
        (Loss(kind, PairBatch.Whole(image, text), scale, bias, tile: 3) * 5).backward();
        Tensor[] fused = [image.grad!.clone(), text.grad!.clone(), scale.grad!.clone(), bias.grad?.clone() ?? zeros([])];
        foreach (Tensor leaf in (Tensor[])[image, text, scale, bias])
            leaf.grad?.zero_();
        (Plain(kind, image, text, scale, bias) * 5).backward();
        Shapes.Distance(fused[0], image.grad!).ShouldBeLessThan(1e-5);
        Shapes.Distance(fused[1], text.grad!).ShouldBeLessThan(1e-5);
        Shapes.Distance(fused[2], scale.grad!).ShouldBeLessThan(1e-5);
        Shapes.Distance(fused[3], bias.grad ?? zeros([])).ShouldBeLessThan(1e-5);
    }

    [Theory]
    [InlineData("infonce", 1)]
    [InlineData("infonce", 2)]
    [InlineData("infonce", 4)]
    [InlineData("infonce", 8)]
    [InlineData("sigmoid", 4)]
    [InlineData("focal2", 4)]
    public void RanksAddUpToTheWhole_WhenTheGathersBackwardSums(string kind, int ranks)
    {
        (Tensor image, Tensor text, Tensor scale, Tensor bias) = Inputs();
        Tensor whole = Loss(kind, PairBatch.Whole(image, text), scale, bias, 0);
        whole.backward();
        Tensor[] expected = [image.grad!.clone(), text.grad!.clone(), scale.grad!.clone()];
        foreach (Tensor leaf in (Tensor[])[image, text, scale])
            leaf.grad!.zero_();

        long own = Pairs / ranks;
        double sum = 0;
        for (int rank = 0; rank < ranks; rank++)
        {
            // narrow keeps the graph: what reduce-scatter would bring back flows into the same leaves
            Tensor part = Loss(kind, new(image.narrow(0, rank * own, own), text.narrow(0, rank * own, own), image, text, rank * own), scale, bias, 0);
            part.backward();
            sum += part.item<float>();
        }
        sum.ShouldBe(whole.item<float>(), 1e-5);
        Shapes.Distance(image.grad!, expected[0]).ShouldBeLessThan(1e-6);
        Shapes.Distance(text.grad!, expected[1]).ShouldBeLessThan(1e-6);
        Shapes.Distance(scale.grad!, expected[2]).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void APermutedGatherIsNoticed()
    {
        (Tensor image, Tensor text, Tensor scale, _) = Inputs();
        Tensor rolled = text.roll(1, 0);
        double right = ContrastiveLoss.InfoNce(PairBatch.Whole(image, text), scale).item<float>(), wrong = ContrastiveLoss.InfoNce(new(image, text, image, rolled, 0), scale).item<float>();
        Math.Abs(right - wrong).ShouldBeGreaterThan(1e-3);
    }

    private static Tensor Loss(string kind, PairBatch pairs, Tensor scale, Tensor bias, int tile) => kind switch
    {
        "infonce" => ContrastiveLoss.InfoNce(pairs, scale, tile),
        "sigmoid" => ContrastiveLoss.Sigmoid(pairs, scale, bias, tile),
        "focal0.5" => ContrastiveLoss.Focal(pairs, scale, 0.5, tile: tile),
        "focal2" => ContrastiveLoss.Focal(pairs, scale, 2, bias: bias, tile: tile),
        _ => ContrastiveLoss.Focal(pairs, scale, 1, alpha: 0.8, tile: tile),
    };

    /// <summary>The formulas as they stand in the papers.</summary>
    private static Tensor Plain(string kind, Tensor image, Tensor text, Tensor scale, Tensor bias)
    {
        Tensor cosine = image.matmul(text.t()) * scale, labels = arange(Pairs, dtype: int64), sign = (2 * eye(Pairs)) - 1;
        Tensor Focal(Tensor logits, double gamma)
        {
            Tensor p = (logits * sign).sigmoid();
            return (1 - p).pow(gamma) * -p.log();
        }
        return kind switch
        {
            "infonce" => (nn.functional.cross_entropy(cosine, labels) + nn.functional.cross_entropy(cosine.t(), labels)) / 2,
            "sigmoid" => Focal(cosine + bias, 0).sum() / Pairs,
            "focal0.5" => 2 * Focal(cosine, 0.5).sum() / Pairs,
            "focal2" => 2 * Focal(cosine + bias, 2).sum() / Pairs,
            _ => 2 * (Focal(cosine, 1) * ((eye(Pairs) * 1.2) + 0.4)).sum() / Pairs,
        };
    }

    private static (Tensor Image, Tensor Text, Tensor Scale, Tensor Bias) Inputs()
    {
        using Generator generator = new(5);
        Tensor Features() => nn.functional.normalize(empty([Pairs, Width]).normal_(0, 1, generator), dim: 1).requires_grad_();
        return (Features(), Features(), tensor(3f, requires_grad: true), tensor(-0.5f, requires_grad: true));
    }
}
