using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Layers;

[Collection("torch")]
public sealed class MarkerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ABlocksGradientsAreFinal_WhenItsMarkerComesBack(bool checkpointing)
    {
        using var scope = NewDisposeScope();
        using Mammut model = Shapes.Disturbed(Shapes.Modern);
        Recorder recorder = new(model);
        model.Markers = recorder;
        model.GradCheckpointing = checkpointing;
        ImageEncoding image = model.EncodeImage(Shapes.Images(Shapes.Modern, 2));
        TextEncoding text = model.TextPasses(Shapes.Texts(Shapes.Modern, 8, 4), null, image.Tokens);
        ((text.Features * arange(24, dtype: float32)).sum() + text.Hidden.square().sum() + (image.Features * arange(24, dtype: float32)).sum()).backward();

        recorder.Returned.Count.ShouldBe(recorder.Entered.Count);
        recorder.Entered.Order(StringComparer.Ordinal).ShouldBe(
        [
            "bridge", "cross.0", "cross.1", "text.0", "text.1", "text.2", "text.head", "vision.0", "vision.1", "vision.head",
        ]);
        recorder.Returned.Keys.Order(StringComparer.Ordinal).ShouldBe(recorder.Entered.Order(StringComparer.Ordinal));
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in model.named_parameters())
            if (BlockNames.Of(name) is { } block)
                recorder.Returned[block][name].ShouldBe(parameter.grad!.square().sum().item<float>(), name);
    }

    [Fact]
    public void EveryUseIsMarked_WhenThePassesRunApart()
    {
        using var scope = NewDisposeScope();
        using Mammut model = Shapes.Disturbed(Shapes.Modern);
        Recorder recorder = new(model);
        model.Markers = recorder;
        Tensor ids = Shapes.Texts(Shapes.Modern, 8, 4);
        ImageEncoding image = model.EncodeImage(Shapes.Images(Shapes.Modern, 2));
        (model.EncodeText(ids).sum() + model.CaptionHidden(ids, image.Tokens).sum()).backward();
        recorder.Entered.Count(e => e == "text.1").ShouldBe(2);
        recorder.Calls["text.1"].ShouldBe(2);
        recorder.Calls["cross.1"].ShouldBe(1);
    }

    /// <summary>At each return, notes how large the block's gradients are at that moment.</summary>
    private sealed class Recorder(Mammut model) : IBackwardMarkers
    {
        public List<string> Entered { get; } = [];

        public Dictionary<string, Dictionary<string, float>> Returned { get; } = [];

        public Dictionary<string, int> Calls { get; } = [];

        public Tensor Mark(string block, Tensor x)
        {
            Entered.Add(block);
            return Identity.apply(x, () =>
            {
                Calls[block] = Calls.GetValueOrDefault(block) + 1;
                Returned[block] = model.named_parameters().Where(p => BlockNames.Of(p.name) == block && p.parameter.grad is not null)
                    .ToDictionary(p => p.name, p => p.parameter.grad!.square().sum().item<float>());
            });
        }
    }

    private sealed class Identity : autograd.SingleTensorFunction<Identity>
    {
        public override string Name => nameof(Identity);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("then", vars[1]);
            return ((Tensor)vars[0]).alias();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var scope = NewDisposeScope();
            ((Action)ctx.get_data("then"))();
            return [grad_output, null!];
        }
    }
}
