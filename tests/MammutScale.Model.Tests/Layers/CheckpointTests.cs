using MammutScale.Model.Configuration;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Layers;

[Collection("torch")]
public sealed class CheckpointTests
{
    [Fact]
    public void GradientsAreTheSame_WhenActivationsAreRecomputed()
    {
        using var scope = NewDisposeScope();
        using Mammut model = Shapes.Disturbed(Shapes.Modern);
        Dictionary<string, Tensor> kept = Gradients(model, false), recomputed = Gradients(model, true);
        recomputed.Keys.ShouldBe(kept.Keys);
        foreach ((string name, Tensor gradient) in kept)
            Shapes.Distance(gradient, recomputed[name]).ShouldBe(0, 1e-6, name);
    }

    [Fact]
    public void FrozenInputsStillTrainTheBlock_WhenActivationsAreRecomputed()
    {
        using var scope = NewDisposeScope();
        using Mammut model = Shapes.Disturbed(Shapes.Modern);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in model.named_parameters())
            parameter.requires_grad = BlockNames.Of(name) is { } block && block.StartsWith("vision", StringComparison.Ordinal);
        model.GradCheckpointing = true;
        model.EncodeImage(Shapes.Images(Shapes.Modern, 2)).Features.sum().backward();
        model.get_parameter("visual.transformer.resblocks.0.mlp.c_fc.weight")!.grad!.abs().sum().item<float>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void LessMemoryIsHeldAfterTheForwardPass_WhenActivationsAreRecomputed()
    {
        MammutConfig config = Shapes.Modern with { Vision = new() { ImageSize = 112, PatchSize = 8, Width = 128, Layers = 14, HeadWidth = 64, Pool = VisionPool.Avg } };
        using Mammut model = new(config);
        long kept = Held(model, false), recomputed = Held(model, true);
        ((double)recomputed / kept).ShouldBeLessThan(0.4, $"{kept >> 20} MiB kept, {recomputed >> 20} MiB recomputed");
    }

    /// <summary>Resident memory that a forward pass adds, bytes.</summary>
    private static long Held(Mammut model, bool checkpointing)
    {
        using var scope = NewDisposeScope();
        model.GradCheckpointing = checkpointing;
        Tensor images = Shapes.Images(model.Config, 8);
        long before = Resident();
        Tensor features = model.EncodeImage(images).Features;
        features.requires_grad.ShouldBeTrue();
        return Resident() - before;
    }

    private static long Resident() =>
        long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) << 10;

    private static Dictionary<string, Tensor> Gradients(Mammut model, bool checkpointing)
    {
        model.GradCheckpointing = checkpointing;
        model.zero_grad();
        ImageEncoding image = model.EncodeImage(Shapes.Images(Shapes.Modern, 3));
        TextEncoding text = model.TextPasses(Shapes.Texts(Shapes.Modern, 8, 4, 6), null, image.Tokens);
        (image.Features.sum() + (text.Features * arange(24, dtype: float32)).sum() + text.Hidden.square().sum()).backward();
        return model.named_parameters().Where(p => p.parameter.grad is not null).ToDictionary(p => p.name, p => p.parameter.grad!.clone());
    }
}
