using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Scenes.Artwork;
using MammutScale.DataLoader.Scenes.Clips;
using MammutScale.DataLoader.Scenes.Words;

namespace MammutScale.DataLoader.Tests.Scenes;

public sealed class MotionTests
{
    private static readonly ObjectArt[] Art = [.. new[] { "cat", "dog", "owl", "bus" }.Select(n => new ObjectArt(n, 1, [0, 0, 0, 255]))];

    [Fact]
    public void ObjectsMoveTheWayTheTextSays()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var draws = new Draws(seed);
            var clip = ClipComposer.Compose(Art, null, 96, 16, ref draws);
            foreach (var mover in clip.Movers)
            {
                int x = 0, y = 0;
                for (int frame = 1; frame < 16; frame++)
                {
                    var (from, to) = (mover.At(frame - 1, 96), mover.At(frame, 96));
                    // the step over the edge is the one that goes back
                    if (Math.Abs(to.X - from.X) < 40) x += to.X - from.X;
                    if (Math.Abs(to.Y - from.Y) < 40) y += to.Y - from.Y;
                }
                (Math.Sign(x), Math.Sign(y)).ShouldBe((mover.Heading.X, mover.Heading.Y), $"{mover}");
            }
        }
    }

    [Fact]
    public void OneFrameDoesNotTellTheDirection()
    {
        double[] sums = new double[2];
        int[] counts = new int[2];
        for (ulong seed = 0; seed < 20_000; seed++)
        {
            var draws = new Draws(seed);
            var mover = ClipComposer.Compose(Art, null, 96, 16, ref draws).Movers[0];
            if (mover.Heading.X == 0) continue;
            int side = mover.Heading.X > 0 ? 0 : 1;
            sums[side] += mover.At(15, 96).X;
            counts[side]++;
        }
        (sums[0] / counts[0]).ShouldBe(sums[1] / counts[1], 2);
    }

    [Fact]
    public void FasterAndFirstAreTrue()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var draws = new Draws(seed);
            var clip = ClipComposer.Compose(Art, null, 96, 16, ref draws);
            foreach (var question in ClipTexts.Questions(clip, ref draws))
            {
                if (question.Kind is not ("speed" or "order")) continue;
                var named = clip.Movers.Single(m => m.Name == question.Answer);
                var other = clip.Movers.Single(m => m.Name != question.Answer);
                bool holds = question.Text switch
                {
                    "which object is faster" => named.Step > other.Step,
                    "which object is slower" => named.Step < other.Step,
                    "which object moves first" => named.Stop <= other.Start,
                    _ => named.Start >= other.Stop,
                };
                holds.ShouldBeTrue($"{question}");
            }
        }
    }

    [Theory]
    [InlineData("cat", "cats")]
    [InlineData("fox", "foxes")]
    [InlineData("butterfly", "butterflies")]
    [InlineData("monkey", "monkeys")]
    [InlineData("wolf", "wolves")]
    [InlineData("bus", "buses")]
    public void PluralsAreEnglish(string one, string many) => English.Plural(one).ShouldBe(many);
}
