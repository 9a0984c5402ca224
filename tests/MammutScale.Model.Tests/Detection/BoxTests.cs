using CsCheck;
using MammutScale.Model.Detection;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Detection;

[Collection("torch")]
public sealed class BoxTests
{
    private static readonly Gen<ImageBox> AnyBox = Gen.Select(Gen.Float[0, 500], Gen.Float[0, 500], Gen.Float[1, 300], Gen.Float[1, 300], (x, y, w, h) => new ImageBox(x, y, x + w, y + h));

    [Theory]
    [InlineData(0, 0, 10, 10, 1)]
    [InlineData(5, 0, 15, 10, 1 / 3f)] // 50 of 150
    [InlineData(5, 5, 15, 15, 25 / 175f)]
    [InlineData(2, 2, 4, 7, 0.1f)] // inside
    [InlineData(10, 0, 20, 10, 0)] // touches
    [InlineData(3, 3, 3, 9, 0)] // empty
    public void OverlapIsIntersectionOverUnion(float left, float top, float right, float bottom, float expected) =>
        new ImageBox(0, 0, 10, 10).Overlap(new(left, top, right, bottom)).ShouldBe(expected, 1e-6f);

    [Fact]
    public void AnEmptyBoxOverlapsNotEvenItself() => new ImageBox(1, 1, 1, 1).Overlap(new(1, 1, 1, 1)).ShouldBe(0);

    [Fact]
    public void CodesAreThoseOfRCnn()
    {
        // centre (10, 20) → (15, 15), size 20 × 40 → 40 × 20
        var code = BoxCoding.Encode(new(-5, 5, 35, 25), new(0, 0, 20, 40));
        code.X.ShouldBe(2.5f, 1e-5f);
        code.Y.ShouldBe(-1.25f, 1e-5f);
        code.Width.ShouldBe(5 * MathF.Log(2), 1e-5f);
        code.Height.ShouldBe(-5 * MathF.Log(2), 1e-5f);
    }

    [Fact]
    public void DecodingUndoesEncoding() => Gen.Select(AnyBox, AnyBox).Sample((box, from) =>
    {
        if (box.Width / from.Width > 60 || box.Height / from.Height > 60)
            return;
        (float x, float y, float width, float height) = BoxCoding.Encode(box, from);
        ImageBox back = BoxCoding.Decode([x, y, width, height], from);
        back.Left.ShouldBe(box.Left, 0.02f);
        back.Top.ShouldBe(box.Top, 0.02f);
        back.Right.ShouldBe(box.Right, 0.02f);
        back.Bottom.ShouldBe(box.Bottom, 0.02f);
    }, seed: "0000000000000", iter: 300);

    [Fact]
    public void HugeCodesStayFinite() => float.IsFinite(BoxCoding.Decode([0, 0, 1e6f, 1e6f], new(0, 0, 10, 10)).Right).ShouldBeTrue();

    [Fact]
    public void SuppressionKeepsTheBestOfEachHeap()
    {
        ImageBox[] boxes = [new(0, 0, 10, 10), new(1, 0, 11, 10), new(20, 0, 30, 10), new(5, 0, 15, 10), new(20, 0, 30, 10)];
        float[] scores = [0.8f, 0.9f, 0.5f, 0.7f, 0.5f];
        // 1 suppresses 0 (90 of 110); 3 overlaps 1 by 60 of 140; of the equal 2 and 4 the earlier stays
        Suppression.Keep(boxes, scores, 0.5f).ShouldBe([1, 3, 2]);
        Suppression.Keep(boxes, scores, 0.4f).ShouldBe([1, 2]);
        Suppression.Keep(boxes, scores, 0.5f, limit: 1).ShouldBe([1]);
        Suppression.Keep(boxes, scores, 1f).ShouldBe([1, 0, 3, 2, 4]);
    }

    [Fact]
    public void ARegionShowsTheObjectItOverlapsMost()
    {
        ImageBox[] objects = [new(0, 0, 10, 10), new(4, 0, 14, 10)];
        RegionMatching.Match(new(1, 0, 11, 10), objects, 0.5f).ShouldBe(0);
        RegionMatching.Match(new(3, 0, 13, 10), objects, 0.5f).ShouldBe(1);
        RegionMatching.Match(new(2, 0, 12, 10), objects, 0.5f).ShouldBe(0);
        RegionMatching.Match(new(8, 0, 18, 10), objects, 0.5f).ShouldBe(-1);
        RegionMatching.Match(new(8, 0, 18, 10), [], 0.5f).ShouldBe(-1);
    }

    [Fact]
    public void SampledRegionsKeepTheShareOfObjects()
    {
        ImageBox[] objects = [new(0, 0, 10, 10)];
        ImageBox[] near = [.. Enumerable.Range(0, 20).Select(i => new ImageBox(i * 0.01f, 0, 10, 10))], far = [.. Enumerable.Range(0, 50).Select(i => new ImageBox(100 + i, 0, 110 + i, 10))];
        MatchedRegion[] sampled = RegionMatching.Sample(near.Concat(far), objects, 0.5f, 16, 0.25, new Random(1));
        sampled.Length.ShouldBe(16);
        sampled.Count(s => s.Object == 0).ShouldBe(4);
        // without any proposal near it an object's own box is there
        RegionMatching.Sample(far, objects, 0.5f, 16, 0.25, new Random(1)).Count(s => s.Object == 0).ShouldBe(1);
    }

    [Fact]
    public void GeneralizedOverlapOfKnownBoxes()
    {
        using var scope = NewDisposeScope();
        Tensor a = tensor(new float[] { 0, 0, 10, 10, 0, 0, 10, 10, 0, 0, 10, 10 }, [3, 4]);
        Tensor b = tensor(new float[] { 0, 0, 10, 10, 5, 0, 15, 10, 20, 0, 30, 10 }, [3, 4]);
        // the same; 1/3 and nothing uncovered; apart: 0 − 100 of 300
        Shapes.Distance(BoxLosses.GeneralizedOverlap(a, b), tensor(new[] { 1f, 1 / 3f, -1 / 3f })).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void SmoothL1IsRoundNearZero()
    {
        using var scope = NewDisposeScope();
        BoxLosses.SmoothL1(tensor(new[] { 0.5f, -3f }), zeros(2)).item<float>().ShouldBe(0.125f + 2.5f, 1e-6f);
    }
}
