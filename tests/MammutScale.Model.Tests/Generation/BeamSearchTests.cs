using MammutScale.Model.Generation;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Generation;

[Collection("torch")]
public sealed class BeamSearchTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    /// <summary>1 looks better than 2 at first, but 2 leads to a certain end: 0.6 · 0.4 against 0.4 · 0.9.</summary>
    private static Dictionary<long, double> GardenPath(string text) => text switch
    {
        "8" => new() { [1] = 0.6, [2] = 0.4 },
        "81" => new() { [3] = 0.4, [4] = 0.35, [9] = 0.25 },
        "82" => new() { [9] = 0.9, [3] = 0.1 },
        _ => new() { [9] = 1 },
    };

    [Fact]
    public void FindsWhatGreedyDecodingMisses()
    {
        GeneratedCaption greedy = TokenByToken.Run(new ScriptedTokens(1, 10, GardenPath), ScriptedTokens.Prompts(), ScriptedTokens.Rules(), 1, (_, _) => 0, CPU)[0];
        greedy.Ids.ShouldBe([1, 3]);
        greedy.Ended.ShouldBeTrue();
        Math.Exp(greedy.LogProbability).ShouldBe(0.24, 1e-6);

        GeneratedCaption[] beam = Search(GardenPath, beams: 2, penalty: 0);
        beam[0].Ids.ShouldBe([2]);
        Math.Exp(beam[0].LogProbability).ShouldBe(0.36, 1e-6);
        beam[1].Ids.ShouldBe([1, 3]);
        Math.Exp(beam[1].Score).ShouldBe(0.24, 1e-6);
    }

    [Fact]
    public void OneBeamIsGreedyDecoding()
    {
        GeneratedCaption only = Search(GardenPath, beams: 1, penalty: 0).ShouldHaveSingleItem();
        only.Ids.ShouldBe([1, 3]);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(0.5, "")]
    [InlineData(2, "1111")]
    public void ALargerPenaltyPrefersLongerCaptions(double penalty, string expected)
    {
        GeneratedCaption[] best = Search(_ => new() { [9] = 0.45, [1] = 0.55 }, beams: 3, penalty, maxLength: 5);
        string.Concat(best[0].Ids).ShouldBe(expected);
        double sum = (best[0].Ids.Count * Math.Log(0.55)) + (best[0].Ended ? Math.Log(0.45) : 0);
        best[0].LogProbability.ShouldBe(sum, 1e-6);
        best[0].Score.ShouldBe(sum / Math.Pow(best[0].Ids.Count + (best[0].Ended ? 1 : 0), penalty), 1e-6);
    }

    [Fact]
    public void EosWaitsForTheMinimalLength()
    {
        GeneratedCaption[] best = Search(_ => new() { [9] = 0.9, [1] = 0.1 }, beams: 2, penalty: 0, minLength: 2);
        best[0].Ids.ShouldBe([1, 1]);
        best[0].Ended.ShouldBeTrue();
        // while eos is forbidden the other token is certain
        best[0].LogProbability.ShouldBe(Math.Log(0.9), 1e-6);
    }

    [Fact]
    public void SaysThatACaptionDidNotEnd_WhenTheLengthRanOut()
    {
        GeneratedCaption best = Search(_ => new() { [1] = 1 }, beams: 2, penalty: 1, maxLength: 4)[0];
        best.Ids.ShouldBe([1, 1, 1]);
        best.Ended.ShouldBeFalse();
    }

    [Fact]
    public void PadAndBosAreNeverWritten()
    {
        GeneratedCaption best = Search(text => text.Length < 3 ? new() { [0] = 0.6, [8] = 0.3, [5] = 0.1 } : new() { [9] = 1 }, beams: 2, penalty: 0)[0];
        best.Ids.ShouldBe([5, 5]);
        best.LogProbability.ShouldBe(0, 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.7)]
    [InlineData(1)]
    [InlineData(-0.5)]
    public void EqualsExhaustiveSearch_WhenTheBeamHoldsEverything(double penalty)
    {
        MammutConfig config = Shapes.Modern with { Text = Shapes.Modern.Text with { VocabSize = 6, ContextLength = 5, BosId = 4, EosId = 5 } };
        using Mammut model = Shapes.Disturbed(config);
        using var gradient = no_grad();
        Tensor tokens = model.EncodeImage(Shapes.Images(config, 3)).Tokens;
        IReadOnlyList<IReadOnlyList<GeneratedCaption>> found = new CaptionGenerator(model)
            .Generate(tokens, new() { Method = GenerationMethod.Beam, Beams = 160, LengthPenalty = penalty });
        for (int picture = 0; picture < 3; picture++)
        {
            (string Text, double Score)[] all = [.. All(model, tokens.narrow(0, picture, 1), penalty).OrderByDescending(c => c.Score)];
            all.Length.ShouldBe(1 + 3 + 9 + 27 + 81);
            found[picture].Count.ShouldBe(all.Length);
            for (int i = 0; i < all.Length; i++)
                found[picture][i].Score.ShouldBe(all[i].Score, 1e-5);
            string.Concat(found[picture][0].Ids).ShouldBe(all[0].Text);
        }
    }

    private static IEnumerable<(string Text, double Score)> All(Mammut model, Tensor picture, double penalty)
    {
        List<long[]> texts = [[]];
        while (texts.Count > 0)
        {
            Tensor ids = tensor(texts.SelectMany(t => t.Prepend(4)).ToArray(), [texts.Count, texts[0].Length + 1]);
            Tensor logits = model.CaptionLogits(model.CaptionHidden(ids, picture.expand(texts.Count, -1, -1)));
            logits.index_fill_(2, tensor(new long[] { 0, 4 }), float.NegativeInfinity);
            Tensor p = logits.log_softmax(-1);
            List<long[]> longer = [];
            for (int row = 0; row < texts.Count; row++)
            {
                long[] text = texts[row];
                double sum = 0;
                for (int i = 0; i < text.Length; i++)
                    sum += p[row, i, text[i]].item<float>();
                string written = string.Concat(text);
                if (text.Length == 4)
                    yield return (written, sum / Math.Pow(4, penalty));
                else
                    yield return (written, (sum + p[row, text.Length, 5].item<float>()) / Math.Pow(text.Length + 1, penalty));
                if (text.Length < 4)
                    longer.AddRange(new long[] { 1, 2, 3 }.Select(token => (long[])[.. text, token]));
            }
            texts = longer;
        }
    }

    private static GeneratedCaption[] Search(Func<string, Dictionary<long, double>> script, int beams, double penalty, int maxLength = 8, int minLength = 0) =>
        BeamSearch.Run(new ScriptedTokens(beams, 10, script), ScriptedTokens.Prompts(), ScriptedTokens.Rules(maxLength, minLength), beams, penalty, CPU)[0];
}
