using MammutScale.Model.Configuration;
using MammutScale.Model.Vision;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Vision;

[Collection("torch")]
public sealed class PositionCroppingTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void EqualsTheHandComputedSamples_WhenTheGridIsTwoByTwo()
    {
        // grid [[0, 4], [8, 12]] enlarged to 4 × 4 with half-pixel centres: value at column x is 0, 1, 3, 4, at row y 0, 2, 6, 8
        Tensor grid = tensor(new float[] { 0, 4, 8, 12 }).view(4, 1);
        // box rows 0…2, columns 1…3: centres at y = 0.5, 1.5 and x = 1.5, 2.5
        Tensor cropped = PositionCropping.Crop(grid, [new(0, 1, 2, 3)], 4);
        // rows: (0+2)/2 = 1, (2+6)/2 = 4; columns: (1+3)/2 = 2, (3+4)/2 = 3.5
        cropped.shape.ShouldBe([1, 4, 1]);
        cropped.data<float>().ToArray().ShouldBe([1 + 2, 1 + 3.5f, 4 + 2, 4 + 3.5f]);
    }

    [Fact]
    public void ClipsToTheMapsLastCell_WhenASampleLiesBehindIt()
    {
        Tensor grid = tensor(new float[] { 0, 4, 8, 12 }).view(4, 1);
        // the whole map: centres at 1 and 3; index 3 has no right neighbour
        PositionCropping.Crop(grid, [new(0, 0, 4, 4)], 4).data<float>().ToArray().ShouldBe([2 + 1, 2 + 4, 8 + 1, 8 + 4]);
    }

    [Fact]
    public void EqualsInterpolationAndSamplingDoneApart()
    {
        const int Grid = 5, Map = 16, Channels = 3;
        using Generator generator = new(4);
        Tensor positions = empty([Grid * Grid, Channels]).normal_(0, 1, generator);
        Tensor map = nn.functional.interpolate(positions.view(1, Grid, Grid, Channels).permute(0, 3, 1, 2), [Map, Map], mode: InterpolationMode.Bilinear, align_corners: false)[0];
        PositionBox box = new(2.3, 0.7, 11.9, 14.2);
        Tensor cropped = PositionCropping.Crop(positions, [box], Map);
        for (int i = 0; i < Grid; i++)
        {
            for (int j = 0; j < Grid; j++)
            {
                double y = box.Top + ((i + 0.5) * (box.Bottom - box.Top) / Grid), x = box.Left + ((j + 0.5) * (box.Right - box.Left) / Grid);
                (int y0, int x0) = ((int)y, (int)x);
                (double dy, double dx) = (y - y0, x - x0);
                Tensor expected = (map.select(1, y0).select(1, x0) * ((1 - dy) * (1 - dx))) + (map.select(1, y0).select(1, x0 + 1) * ((1 - dy) * dx))
                    + (map.select(1, y0 + 1).select(1, x0) * (dy * (1 - dx))) + (map.select(1, y0 + 1).select(1, x0 + 1) * (dy * dx));
                Shapes.Distance(cropped[0, (i * Grid) + j], expected).ShouldBeLessThan(1e-5);
            }
        }
    }

    [Fact]
    public void TheWholeMapNearlyIsTheGrid_WhenPositionsAreARamp()
    {
        const int Grid = 14;
        Tensor ramp = arange(Grid, dtype: float32).unsqueeze(1).expand(Grid, Grid).reshape(Grid * Grid, 1);
        Tensor cropped = PositionCropping.Crop(ramp, [new(0, 0, 64, 64)], 64);
        // raw index coordinates against half-pixel centres: a constant shift of half a map cell inside
        Tensor shift = (cropped[0] - ramp).view(Grid, Grid).narrow(0, 1, Grid - 2);
        Shapes.Distance(shift, full(shift.shape, 0.5 * Grid / 64)).ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void BoxesKeepTheLimitsAndTheSeed()
    {
        CroppedPositionConfig config = new();
        PositionBox[] boxes = PositionCropping.Draw(config, new Random(1), 2000);
        boxes.ShouldBe(PositionCropping.Draw(config, new Random(1), 2000));
        foreach (PositionBox b in boxes)
        {
            (double height, double width) = (b.Bottom - b.Top, b.Right - b.Left);
            (b.Top >= 0 && b.Left >= 0 && b.Bottom <= 64.0001 && b.Right <= 64.0001).ShouldBeTrue();
            (height * width / (64 * 64)).ShouldBeInRange(0.0999, 1.0001);
            (width / height).ShouldBeInRange(0.4999, 2.0001);
        }
        boxes.Average(b => (b.Bottom - b.Top) * (b.Right - b.Left) / 4096).ShouldBeInRange(0.4, 0.6);
    }

    [Fact]
    public void CropsReachTheModelAndItsGradients_WhenBoxesAreGiven()
    {
        MammutConfig config = Shapes.Modern with { Vision = Shapes.Modern.Vision with { CroppedPositions = new() } };
        using Mammut model = Shapes.Disturbed(config);
        Tensor images = Shapes.Images(config, 2);
        PositionBox[] boxes = PositionCropping.Draw(config.Vision.CroppedPositions!, new Random(2), 2);
        Tensor whole = model.EncodeImage(images).Features, cropped = model.EncodeImage(images, boxes).Features;
        Shapes.Distance(whole, cropped).ShouldBeGreaterThan(1e-4);
        (cropped * arange(24, dtype: float32)).sum().backward();
        Tensor gradient = model.get_parameter("visual.positional_embedding")!.grad!;
        gradient.abs().sum(1).gt(0).all().item<bool>().ShouldBeTrue();
    }

    [Fact]
    public void OneBoxForEachPictureIsDemanded()
    {
        using Mammut model = new(Shapes.Modern);
        Should.Throw<ArgumentException>(() => model.EncodeImage(Shapes.Images(Shapes.Modern, 3), [new(0, 0, 64, 64)])).Message.ShouldContain("3 pictures");
    }
}
