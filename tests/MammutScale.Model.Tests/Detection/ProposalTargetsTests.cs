using MammutScale.Model.Detection;

namespace MammutScale.Model.Tests.Detection;

public sealed class ProposalTargetsTests
{
    [Theory]
    [InlineData(10, 10, 1)]
    [InlineData(5, 10, 0.57735f)] // √(5 / 15)
    [InlineData(5, 5, 0.33333f)]
    [InlineData(0, 10, 0)]
    public void CentrenessFallsFromTheCentreToTheEdge(float x, float y, float expected) =>
        ProposalTargets.Centreness(new(0, 0, 20, 20), x, y).ShouldBe(expected, 1e-4f);

    [Fact]
    public void LocationsBelongToTheSmallestObjectAtTheLevelOfItsSize()
    {
        LevelGrid[] levels = [new(8, 8, 4), new(4, 4, 8)];
        // reach of level 0: up to 32 pixels from a location to the farthest edge
        ImageBox[] objects = [new(0, 0, 32, 32), new(8, 8, 16, 16)];
        (int[] chosen, float[] centreness) = ProposalTargets.Assign(levels, objects);
        chosen.Length.ShouldBe(64 + 16);
        chosen[0].ShouldBe(0); // (2, 2)
        chosen[(2 * 8) + 2].ShouldBe(1); // (10, 10)
        chosen[(3 * 8) + 3].ShouldBe(1);
        chosen[(4 * 8) + 4].ShouldBe(0);
        centreness[(2 * 8) + 2].ShouldBe(1 / 3f, 1e-5f);
        // nothing here is far enough for level 1
        chosen[64..].ShouldAllBe(c => c == -1);
        centreness[64..].ShouldAllBe(c => c == 0);
        ProposalTargets.Assign(levels, [new(-20, -20, 32, 32)]).Objects[64..].ShouldContain(0);
    }
}
