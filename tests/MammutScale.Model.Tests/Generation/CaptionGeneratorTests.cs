using MammutScale.Model.Generation;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Generation;

[Collection("torch")]
public sealed class CaptionGeneratorTests : IDisposable
{
    private static readonly MammutConfig Config = Shapes.Modern with { Text = Shapes.Modern.Text with { BosId = 35, EosId = 36, ContextLength = 10 } };
    private readonly IDisposable _scope = NewDisposeScope();
    private readonly Mammut _model = Shapes.Disturbed(Config);
    private readonly Tensor _images = Shapes.Images(Config, 5);

    public static TheoryData<GenerationMethod> Methods => [.. Enum.GetValues<GenerationMethod>()];

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void TheCacheChangesNoCaption(GenerationMethod method)
    {
        GenerationOptions options = new() { Method = method, Beams = 3, MinLength = 2, Seed = 4 };
        Same(Describe(options), Describe(options with { UseCache = false }), 1e-5);
    }

    [Theory]
    [InlineData(GenerationMethod.Greedy)]
    [InlineData(GenerationMethod.Beam)]
    public void EachPictureGetsWhatItGetsAlone_WhenPromptsDifferInLength(GenerationMethod method)
    {
        GenerationOptions options = new() { Method = method, Beams = 3, MaxLength = 9 };
        long[][] prompts = [[35], [35, 7, 8, 9], [35, 3], [35, 30, 2, 2, 2, 11, 12], [35, 5, 6]];
        IReadOnlyList<IReadOnlyList<GeneratedCaption>> together = Describe(options, prompts);
        for (int row = 0; row < prompts.Length; row++)
        {
            IReadOnlyList<IReadOnlyList<GeneratedCaption>> alone =
                new CaptionGenerator(_model).Describe(_images.narrow(0, row, 1), options, [prompts[row]]);
            Same([together[row]], alone, 1e-5);
            together[row].ShouldAllBe(c => c.Ids.Count + prompts[row].Length + (c.Ended ? 1 : 0) <= 9);
        }
        together.SelectMany(c => c).Select(c => c.Ids.Count).Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void GreedyTakesTheLikeliestTokenOfTheCaptioningPass()
    {
        using var gradient = no_grad();
        GeneratedCaption caption = Describe(new())[0][0];
        Tensor tokens = _model.EncodeImage(_images).Tokens.narrow(0, 0, 1);
        long[] text = [35, .. caption.Ids];
        Tensor logits = _model.CaptionLogits(_model.CaptionHidden(tensor(text, [1, text.Length]), tokens)).index_fill_(2, tensor(new long[] { 0, 35 }), float.NegativeInfinity);
        long[] best = logits[0].argmax(-1).data<long>().ToArray();
        best[..caption.Ids.Count].ShouldBe(caption.Ids);
        if (caption.Ended)
            best[caption.Ids.Count].ShouldBe(36);
    }

    [Fact]
    public void TheSameSeedDrawsTheSame_AnotherSeedDoesNot()
    {
        GenerationOptions options = new() { Method = GenerationMethod.Sample, TopP = 0.95, Seed = 1, MinLength = 5 };
        Same(Describe(options), Describe(options), 0);
        Texts(Describe(options)).ShouldNotBe(Texts(Describe(options with { Seed = 2 })));
    }

    [Fact]
    public void SamplingIsGreedy_WhenOnlyOneTokenCanBeDrawn()
    {
        string[] greedy = Texts(Describe(new()));
        Texts(Describe(new() { Method = GenerationMethod.Sample, TopK = 1, Temperature = 5 })).ShouldBe(greedy);
        Texts(Describe(new() { Method = GenerationMethod.Sample, Temperature = 1e-4 })).ShouldBe(greedy);
    }

    [Fact]
    public void SaysWhatIsWrong_WhenTheWishCannotBeFulfilled()
    {
        Message(new() { Beams = 0, TopP = 1.5, Temperature = 0 }).ShouldBe(
            "Captions cannot be generated like this: Beams is 0: at least 1; Temperature is 0: above 0 (Greedy is the limit at 0); TopP is 1.5: above 0, at most 1.");
        Message(new() { MaxLength = 11 }).ShouldContain("context holds 10");
        Message(new(), [[35]]).ShouldContain("1 prompts were given for 5 pictures");
        Message(new() { MaxLength = 3 }, [[35], [35], [35, 4, 4], [35], [35]]).ShouldContain("Prompt 2 has 3 tokens");
        Message(new(), [[35], [35], [35], [35], [35, 37]]).ShouldContain("Prompt 4 has the token 37");
        using Mammut nameless = new(Shapes.Modern);
        Should.Throw<GenerationException>(() => new CaptionGenerator(nameless).Describe(_images, new())).Message.ShouldContain("EosId");

        string Message(GenerationOptions options, IReadOnlyList<IReadOnlyList<long>>? prompts = null) =>
            Should.Throw<GenerationException>(() => Describe(options, prompts)).Message;
    }

    private IReadOnlyList<IReadOnlyList<GeneratedCaption>> Describe(GenerationOptions options, IReadOnlyList<IReadOnlyList<long>>? prompts = null) =>
        new CaptionGenerator(_model).Describe(_images, options, prompts);

    private static string[] Texts(IReadOnlyList<IReadOnlyList<GeneratedCaption>> captions) =>
        [.. captions.SelectMany(c => c).Select(c => string.Join(' ', c.Ids))];

    private static void Same(IReadOnlyList<IReadOnlyList<GeneratedCaption>> a, IReadOnlyList<IReadOnlyList<GeneratedCaption>> b, double tolerance)
    {
        Texts(a).ShouldBe(Texts(b));
        foreach ((GeneratedCaption x, GeneratedCaption y) in a.SelectMany(c => c).Zip(b.SelectMany(c => c)))
        {
            x.Ended.ShouldBe(y.Ended);
            x.LogProbability.ShouldBe(y.LogProbability, tolerance);
            x.Score.ShouldBe(y.Score, tolerance);
        }
    }
}
