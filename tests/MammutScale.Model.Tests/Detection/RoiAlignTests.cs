using MammutScale.Model.Detection;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Detection;

[Collection("torch")]
public sealed class RoiAlignTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void OfARampEveryCellIsTheValueAtItsCentre()
    {
        // value 10 y + x at the centre (x + ½, y + ½) of each cell; bilinear sampling is exact on it
        Tensor map = (arange(8).view(8, 1) * 10 + arange(8).view(1, 8)).to(float32).view(1, 1, 8, 8);
        Tensor pooled = RoiAlign.Apply(map, [new(0, new(8, 4, 24, 20))], stride: 4, size: 2);
        // in cells x from 2 to 6, y from 1 to 5: centres of the grid at x 3 and 5, y 2 and 4, half a cell back
        float[] expected = [15 + 2.5f, 15 + 4.5f, 35 + 2.5f, 35 + 4.5f];
        Shapes.Distance(pooled, tensor(expected, [1, 1, 2, 2])).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void HandComputedValues()
    {
        Tensor map = tensor(new float[] { 1, 2, 3, 4 }, [1, 1, 2, 2]);
        // the whole map, one sample: between all four
        Pool(new(0, 0, 2, 2), 1, 1).ShouldBe([2.5f], 1e-6);
        // samples at the cells' own centres
        Pool(new(0, 0, 2, 2), 2, 1).ShouldBe([1, 2, 3, 4], 1e-6);
        // four samples a side at −¼, ¼, ¾, 1¼: the outer ones are held at the edge; pairs average to ⅛ and ⅞
        Pool(new(0, 0, 2, 2), 2, 2).ShouldBe([1.375f, 2.125f, 2.875f, 3.625f], 1e-6);
        // up to one cell outside the edge is held, beyond it is nothing: samples at x 2½ (out) and ½
        Pool(new(0, 0, 4, 2), 2, 1).ShouldBe([(1.5f * 1) + 0, 0, 3.5f, 0], 1e-6);

        float[] Pool(ImageBox box, int size, int samples) => RoiAlign.Apply(map, [new(0, box)], 1, size, samples).data<float>().ToArray();
    }

    [Fact]
    public void EachRegionIsTakenFromItsPicture()
    {
        Tensor map = cat([full([1, 3, 4, 4], 1f), full([1, 3, 4, 4], 2f)], 0);
        Tensor pooled = RoiAlign.Apply(map, [new(1, new(0, 0, 8, 8)), new(0, new(3, 3, 9, 9)), new(1, new(1, 2, 3, 4))], 4, 3);
        pooled.shape.ShouldBe([3, 3, 3, 3]);
        Shapes.Distance(pooled.mean([1, 2, 3]), tensor(new float[] { 2, 1, 2 })).ShouldBeLessThan(1e-6);
        RoiAlign.Apply(map, [], 4, 3).shape.ShouldBe([0, 3, 3, 3]);
    }

    [Fact]
    public void GradientsAreThoseOfFiniteDifferences()
    {
        using Generator generator = new(1);
        Tensor map = empty([1, 2, 5, 6]).normal_(0, 1, generator).requires_grad_(true);
        Tensor weights = empty([2, 2, 3, 3]).normal_(0, 1, generator);
        Roi[] regions = [new(0, new(1.3f, 0.2f, 17.9f, 11)), new(0, new(-3, 4, 9, 30))];
        Loss(map).backward();
        const double Step = 1e-2;
        foreach ((long c, long y, long x) in new[] { (0L, 0L, 0L), (1, 2, 3), (0, 4, 5), (1, 0, 2) })
        {
            Tensor up = map.detach().clone(), down = map.detach().clone();
            up[0, c, y, x] += Step;
            down[0, c, y, x] -= Step;
            double slope = (Loss(up) - Loss(down)).item<float>() / (2 * Step);
            map.grad![0, c, y, x].item<float>().ShouldBe((float)slope, 1e-3f);
        }

        Tensor Loss(Tensor m) => (RoiAlign.Apply(m, regions, 4, 3) * weights).sum();
    }
}
