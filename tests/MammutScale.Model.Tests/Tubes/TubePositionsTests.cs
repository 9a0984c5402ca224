using MammutScale.Model.Tubes;

namespace MammutScale.Model.Tests.Tubes;

public sealed class TubePositionsTests
{
    [Fact]
    public void ArePlacedAtTheCentreOfEachBox()
    {
        // boxes of 4×2×6 every (8, 10, 12) from (1, 2, 3): centres (3, 3, 6), then + strides; columns fastest
        Tube tube = new(new(4, 2, 6), new(8, 10, 12), new(1, 2, 3));
        float[] rows = TubePositions.Of(tube, new(13, 14, 24), width: 14, tau: 10_000);
        (double Frame, double Column, double Row)[] centres =
        [
            (3, 6, 3), (3, 18, 3), (3, 6, 13), (3, 18, 13), (11, 6, 3), (11, 18, 3), (11, 6, 13), (11, 18, 13),
        ];
        rows.Length.ShouldBe(centres.Length * 14);
        for (int i = 0; i < centres.Length; i++)
        {
            (double t, double x, double y) = centres[i];
            // two groups: frequencies 1 and 10000^(−1/2) = 0.01
            double[] expected =
            [
                Math.Sin(t), Math.Cos(t), Math.Sin(x), Math.Cos(x), Math.Sin(y), Math.Cos(y),
                Math.Sin(t / 100), Math.Cos(t / 100), Math.Sin(x / 100), Math.Cos(x / 100), Math.Sin(y / 100), Math.Cos(y / 100), 0, 0,
            ];
            for (int c = 0; c < 14; c++)
                ((double)rows[(i * 14) + c]).ShouldBe(expected[c], 1e-6, $"token {i}, channel {c}");
        }
    }

    [Fact]
    public void ThereAreNone_WhenNoBoxFits() =>
        TubePositions.Of(new(new(4, 2, 6), new(8, 10, 12), default), new(3, 14, 24), 12, 10_000).ShouldBeEmpty();
}
