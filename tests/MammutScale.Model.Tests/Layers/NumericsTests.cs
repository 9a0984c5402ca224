using MammutScale.Model.Layers;
using MammutScale.Model.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Layers;

[Collection("torch")]
public sealed class NumericsTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void ThePlainFormEqualsTheFusedKernel_WithGradients(bool causal, bool masked)
    {
        using Generator generator = new(9);
        Tensor[] leaves = [.. Enumerable.Range(0, 3).Select(_ => empty([2, 3, 5, 8]).normal_(0, 1, generator).requires_grad_())];
        Tensor? mask = masked ? AttentionMasks.Keys(tensor(new[] { true, true, false, true, false, true, false, true, true, true }).view(2, 5), float32) : null;
        Tensor weights = empty([2, 5, 24]).normal_(0, 1, generator);

        Tensor fused = ScaledAttention.Apply(leaves[0], leaves[1], leaves[2], mask, causal);
        (fused * weights).sum().backward();
        Tensor[] gradients = [.. leaves.Select(l => l.grad!.clone())];
        foreach (Tensor leaf in leaves)
            leaf.grad!.zero_();
        Tensor plain = ScaledAttention.Plain(leaves[0], leaves[1], leaves[2], mask, causal).transpose(1, 2).flatten(2);
        (plain * weights).sum().backward();

        Shapes.Distance(fused, plain).ShouldBeLessThan(1e-6);
        for (int i = 0; i < 3; i++)
            Shapes.Distance(gradients[i], leaves[i].grad!).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void NormsTakeTheirStatisticsInFloat32_WhenActivationsAreBFloat16()
    {
        // a large mean makes statistics in bfloat16 worthless: the deviation would vanish
        Tensor x = (arange(256, dtype: float32) / 256 + 64).to(bfloat16).unsqueeze(0);
        Tensor exact = nn.functional.layer_norm(x.to(float32), [256L]);
        Tensor half = nn.functional.layer_norm(x, [256L], ones([256], dtype: bfloat16), zeros([256], dtype: bfloat16));
        Shapes.Distance(half, exact).ShouldBeLessThan(0.01);
    }

    [Fact]
    public void ABFloat16ModelAgreesWithItsFloat32Twin_WithinItsPrecision()
    {
        MammutConfig config = Shapes.Modern;
        using Mammut half = new(config, seed: 2, dtype: bfloat16), full = new(config, seed: 2);
        using (no_grad())
            foreach ((string name, TorchSharp.Modules.Parameter parameter) in full.named_parameters())
                parameter.copy_(half.get_parameter(name)!);
        half.LogitScale.dtype.ShouldBe(float32);

        (Tensor lossHalf, Tensor featuresHalf, Tensor gradientHalf) = Run(half);
        (Tensor lossFull, Tensor featuresFull, Tensor gradientFull) = Run(full);
        featuresHalf.dtype.ShouldBe(float32);
        lossHalf.dtype.ShouldBe(float32);
        Shapes.Distance(featuresHalf, featuresFull).ShouldBeLessThan(0.02);
        Shapes.Distance(lossHalf, lossFull).ShouldBeLessThan(0.02 * lossFull.item<float>());
        gradientHalf.dtype.ShouldBe(bfloat16);
        (gradientHalf.to(float32) - gradientFull).norm().item<float>().ShouldBeLessThan(0.05f * gradientFull.norm().item<float>());

        (Tensor, Tensor, Tensor) Run(Mammut model)
        {
            Tensor ids = Shapes.Texts(config, 8, 5, 6);
            ImageEncoding image = model.EncodeImage(Shapes.Images(config, 3));
            TextEncoding text = model.TextPasses(ids, null, image.Tokens);
            CaptionTargets targets = model.CaptionTargets(ids);
            Tensor loss = ContrastiveLoss.InfoNce(PairBatch.Whole(image.Features, text.Features), model.LogitScale.exp()) + model.CaptionLoss(text.Hidden, targets, targets.Count, chunk: 4);
            loss.backward();
            return (loss, text.Features, model.get_parameter("text.lm_head")!.grad!);
        }
    }

    [Fact]
    public void NoTensorIsLeftBehind_WhenStepsRunInScopes()
    {
        using Mammut model = new(Shapes.Modern with { GradCheckpointing = true });
        Step();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 5; i++)
            Step();
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);

        void Step()
        {
            using var step = NewDisposeScope();
            model.zero_grad();
            Tensor ids = Shapes.Texts(Shapes.Modern, 8, 5, 6);
            ImageEncoding image = model.EncodeImage(Shapes.Images(Shapes.Modern, 3));
            TextEncoding text = model.TextPasses(ids, null, image.Tokens);
            CaptionTargets targets = model.CaptionTargets(ids);
            (ContrastiveLoss.InfoNce(PairBatch.Whole(image.Features, text.Features), model.LogitScale.exp()) + model.CaptionLoss(text.Hidden, targets, targets.Count)).backward();
        }
    }
}
