using MammutScale.Model.Generation;

namespace MammutScale.Model.Tests.Generation;

public sealed class TopSamplingTests
{
    private static readonly float[] LogProbabilities = [.. new[] { 0.5, 0.25, 0.15, 0.1 }.Select(p => (float)Math.Log(p))];

    [Theory]
    [InlineData(1.0, 0.0, 0)]
    [InlineData(1.0, 0.49, 0)]
    [InlineData(1.0, 0.51, 1)]
    [InlineData(1.0, 0.76, 2)]
    [InlineData(1.0, 0.91, 3)]
    [InlineData(0.5, 0.99, 0)] // the first alone reaches it
    [InlineData(0.6, 0.66, 0)] // two are kept: 2/3 and 1/3
    [InlineData(0.6, 0.67, 1)]
    [InlineData(0.01, 0.99, 0)]
    public void DrawsInProportionAmongTheTokensThatReachTopP(double topP, double uniform, int expected) =>
        TopSampling.Draw(LogProbabilities, 1, topP, uniform).ShouldBe(expected);

    [Fact]
    public void TemperatureSharpensAndFlattens()
    {
        // at T = ½ the probabilities are squared: 0.25, 0.0625, 0.0225, 0.01 of 0.345
        TopSampling.Draw(LogProbabilities, 0.5, 1, 0.72).ShouldBe(0);
        TopSampling.Draw(LogProbabilities, 0.5, 1, 0.73).ShouldBe(1);
        TopSampling.Draw(LogProbabilities, 1e9, 1, 0.26).ShouldBe(1);
        TopSampling.Draw(LogProbabilities, 1e9, 1, 0.99).ShouldBe(3);
    }

    [Fact]
    public void ImpossibleTokensAreNeverDrawn()
    {
        float[] some = [0, float.NegativeInfinity];
        TopSampling.Draw(some, 1, 1, Math.BitDecrement(1.0)).ShouldBe(0);
    }

    [Fact]
    public void FrequenciesAreTheProbabilities()
    {
        Random random = new(1);
        const int Draws = 20_000;
        var counts = new int[4];
        for (int i = 0; i < Draws; i++)
            counts[TopSampling.Draw(LogProbabilities, 1, 1, random.NextDouble())]++;
        for (int i = 0; i < 4; i++)
            (counts[i] / (double)Draws).ShouldBe(Math.Exp(LogProbabilities[i]), 0.012);
    }
}
