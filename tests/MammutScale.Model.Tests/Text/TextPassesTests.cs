using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Text;

[Collection("torch")]
public sealed class TextPassesTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();
    private readonly Mammut _model = Shapes.Disturbed(Shapes.Modern);
    private readonly Tensor _ids = Shapes.Texts(Shapes.Modern, 8, 5, 2, 6);

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void TheTextVectorIgnoresThePictureAndTheCaptionDoesNot()
    {
        Tensor first = Tokens(1), second = Tokens(2);
        TextEncoding a = _model.TextPasses(_ids, null, first), b = _model.TextPasses(_ids, null, second);
        Shapes.Distance(a.Features, b.Features).ShouldBe(0);
        Shapes.Distance(a.Hidden, b.Hidden).ShouldBeGreaterThan(1e-3);
    }

    [Fact]
    public void TheCaptioningPassIsCausalAndTheContrastivePassIsNot()
    {
        const int Changed = 4;
        Tensor other = _ids.clone();
        other[0, Changed] = (other[0, Changed] + 1) % 30;
        Tensor tokens = Tokens(1);
        Tensor before = _model.CaptionHidden(_ids, tokens), after = _model.CaptionHidden(other, tokens);
        Shapes.Distance(before[0].narrow(0, 0, Changed), after[0].narrow(0, 0, Changed)).ShouldBe(0, 1e-6);
        Shapes.Distance(before[0, Changed], after[0, Changed]).ShouldBeGreaterThan(1e-3);

        // with one block only, a bidirectional pass shows the change at every earlier position too
        Shapes.Distance(_model.EncodeText(_ids), _model.EncodeText(other)).ShouldBeGreaterThan(1e-4);
        using Mammut single = Shapes.Disturbed(Shapes.Modern with { Text = Shapes.Modern.Text with { Layers = 1, CrossAttentionRatio = 1 } });
        Tensor x1 = single.Decoder.Block(0).Apply(single.Decoder.Embed(_ids)), x2 = single.Decoder.Block(0).Apply(single.Decoder.Embed(other));
        Shapes.Distance(x1[0, 0], x2[0, 0]).ShouldBeGreaterThan(1e-5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BothPassesAtOnceEqualThePassesAlone_WithTheirGradients(bool fork)
    {
        MammutConfig config = fork ? Shapes.Fork with { Text = Shapes.Fork.Text with { HasMlp = false } } : Shapes.Modern;
        using Mammut model = Shapes.Disturbed(config);
        Tensor images = Shapes.Images(config, 4);

        (Tensor features, Tensor hidden, Dictionary<string, Tensor> together) = Run(tokens =>
        {
            TextEncoding text = model.TextPasses(_ids, null, tokens);
            return (text.Features, text.Hidden);
        });
        (Tensor featuresAlone, Tensor hiddenAlone, Dictionary<string, Tensor> alone) = Run(tokens =>
            (model.EncodeText(_ids), model.CaptionHidden(_ids.narrow(1, 0, _ids.shape[1] - 1), tokens)));

        Shapes.Distance(features, featuresAlone).ShouldBeLessThan(1e-6);
        Shapes.Distance(hidden, hiddenAlone).ShouldBeLessThan(1e-5);
        together.Keys.ShouldBe(alone.Keys);
        foreach (string name in alone.Keys)
            Shapes.Distance(together[name], alone[name]).ShouldBeLessThan(1e-5 * Math.Max(1, alone[name].abs().max().item<float>()), name);

        (Tensor, Tensor, Dictionary<string, Tensor>) Run(Func<Tensor, (Tensor, Tensor)> passes)
        {
            model.zero_grad();
            (Tensor f, Tensor h) = passes(model.EncodeImage(images).Tokens);
            using Generator generator = new(3);
            Tensor loss = (f * empty(f.shape).normal_(0, 1, generator)).sum() + (h * empty(h.shape).normal_(0, 1, generator)).sum();
            loss.backward();
            return (f, h, model.named_parameters().Where(p => p.parameter.grad is not null).ToDictionary(p => p.name, p => p.parameter.grad!.clone()));
        }
    }

    [Fact]
    public void TrailingPadsChangeNothing_WhenThePadMaskIsOn()
    {
        Tensor shortened = Shapes.Texts(Shapes.Modern, 5, 4).narrow(1, 0, 5), padded = Shapes.Texts(Shapes.Modern, 5, 4);
        Shapes.Distance(_model.EncodeText(shortened), _model.EncodeText(padded)).ShouldBeLessThan(1e-5);
        Tensor tokens = _model.EncodeImage(Shapes.Images(Shapes.Modern, 2)).Tokens;
        Shapes.Distance(_model.CaptionHidden(shortened, tokens), _model.CaptionHidden(padded, tokens).narrow(1, 0, 5)).ShouldBeLessThan(1e-5);
        TextEncoding a = _model.TextPasses(shortened, null, tokens), b = _model.TextPasses(padded, null, tokens);
        Shapes.Distance(a.Features, b.Features).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void TrailingPadsCount_WhenTheModelIsTheForks()
    {
        using Mammut fork = Shapes.Disturbed(Shapes.Fork);
        Tensor padded = Shapes.Texts(Shapes.Fork, 5, 4);
        Shapes.Distance(fork.EncodeText(padded.narrow(1, 0, 5)), fork.EncodeText(padded)).ShouldBeGreaterThan(1e-3);
    }

    [Fact]
    public void ARealTokenWithThePadsIdIsText_WhenValidityIsGiven()
    {
        Tensor ids = _ids.clone();
        ids[0, 2] = Shapes.Modern.Text.PadId;
        Tensor valid = ones(ids.shape, dtype: @bool), hidden = valid.clone();
        hidden[0, 2] = false;
        Shapes.Distance(_model.EncodeText(ids, valid)[0], _model.EncodeText(ids)[0]).ShouldBeGreaterThan(1e-4);
        Shapes.Distance(_model.EncodeText(ids, hidden)[0], _model.EncodeText(ids)[0]).ShouldBe(0);
        _model.CaptionTargets(ids, valid).Count.ShouldBe(4 * 7);
        _model.CaptionTargets(ids, hidden).Count.ShouldBe((4 * 7) - 1);
    }

    [Fact]
    public void ARowWithoutAnyTextGivesNoNaN()
    {
        Tensor ids = full([2, 8], Shapes.Modern.Text.PadId, dtype: int64);
        Tensor tokens = Tokens(1).narrow(0, 0, 2);
        TextEncoding text = _model.TextPasses(ids, null, tokens);
        text.Features.isfinite().all().item<bool>().ShouldBeTrue();
        text.Hidden.isfinite().all().item<bool>().ShouldBeTrue();
        _model.CaptionTargets(ids).Count.ShouldBe(0);
    }

    [Fact]
    public void OnlyTheListedLayersLookAtThePicture_WhenCrossAttentionIsPlacedByHand()
    {
        MammutConfig config = Shapes.Modern with { Text = Shapes.Modern.Text with { CrossAttentionLayers = [] } };
        using Mammut blind = Shapes.Disturbed(config);
        Shapes.Distance(blind.CaptionHidden(_ids, Tokens(1)), blind.CaptionHidden(_ids, Tokens(2))).ShouldBe(0);
        using Mammut last = Shapes.Disturbed(config with { Text = config.Text with { CrossAttentionLayers = [2] } });
        Shapes.Distance(last.CaptionHidden(_ids, Tokens(1)), last.CaptionHidden(_ids, Tokens(2))).ShouldBeGreaterThan(1e-3);
    }

    [Fact]
    public void PaddingIsIgnoredExactlyByMaskedMeanPooling()
    {
        Shapes.Modern.Text.IgnoresPadding.ShouldBeTrue();
        Shapes.Fork.Text.IgnoresPadding.ShouldBeFalse();
        (Shapes.Modern.Text with { UsePadMask = false }).IgnoresPadding.ShouldBeFalse();
    }

    [Fact]
    public void SaysWhatItTakes_WhenInputsHaveAnotherShape()
    {
        Should.Throw<ArgumentException>(() => _model.EncodeImage(zeros([2, 3, 16, 24]))).Message.ShouldContain("[B, 3, 16, 16]");
        Should.Throw<ArgumentException>(() => _model.EncodeText(zeros([2, 9], dtype: int64))).Message.ShouldContain("L from 1 to 8");
        Should.Throw<ArgumentException>(() => _model.TextPasses(zeros([9], dtype: int64), null, Tokens(1))).Message.ShouldContain("[B, L]");
    }

    [Fact]
    public void EmbeddingsHaveLengthOne()
    {
        Tensor text = _model.EncodeText(_ids), image = _model.EncodeImage(Shapes.Images(Shapes.Modern, 3)).Features;
        Shapes.Distance(text.norm(1), ones([4])).ShouldBeLessThan(1e-6);
        Shapes.Distance(image.norm(1), ones([3])).ShouldBeLessThan(1e-6);
    }

    private Tensor Tokens(int seed) => _model.EncodeImage(Shapes.Images(Shapes.Modern, 4, seed)).Tokens;
}
