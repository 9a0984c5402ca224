using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Decoding.Headers;
using MammutScale.DataLoader.Decoding.Views;

namespace MammutScale.DataLoader.Tests.Decoding;

/// <summary>Every fixture shows the same scene: left red, right blue, a green corner at the upper left.</summary>
public sealed class FormatTests
{
    private const int Size = 48;

    [Theory]
    [InlineData("baseline.jpg", 3)]
    [InlineData("progressive.jpg", 3)]
    [InlineData("cmyk.jpg", 3)]
    [InlineData("orientation-2.jpg", 3)]
    [InlineData("orientation-3.jpg", 3)]
    [InlineData("orientation-4.jpg", 3)]
    [InlineData("orientation-5.jpg", 3)]
    [InlineData("orientation-6.jpg", 3)]
    [InlineData("orientation-7.jpg", 3)]
    [InlineData("orientation-8.jpg", 3)]
    [InlineData("rgb.png", 0)]
    [InlineData("rgb16.png", 0)]
    [InlineData("palette.png", 0)]
    [InlineData("lossless.webp", 0)]
    [InlineData("animated.webp", 0)]
    [InlineData("lossy.webp", 3)]
    [InlineData("still.gif", 0)]
    [InlineData("animated.gif", 0)]
    public void SceneStandsUpright_InEveryFormat(string name, double tolerance)
    {
        float[] planes = Pictures.Decode(Pictures.Read(name), Pictures.Plain(Size, new WholePicture()));
        foreach (var (x, y, colour) in new[] { (3, 11, Pictures.Green), (12, 28, Pictures.Red), (36, 28, Pictures.Blue), (44, 11, Pictures.Blue), (3, 36, Pictures.Red) })
            Pictures.ShouldShow(planes, Size, x, y, colour, tolerance + 0.01, name);
        Pictures.ShouldShow(planes, Size, 20, 2, Pictures.White, 0.01, "beside the picture");
    }

    [Theory]
    [InlineData("rgba.png", true)]
    [InlineData("rgba16.png", true)]
    [InlineData("alpha.webp", true)]
    [InlineData("palette-transparent.png", false)]
    [InlineData("transparent.gif", false)]
    public void TransparentPixelsShowTheBackground_WhenThereIsAlpha(string name, bool halfBlue)
    {
        var options = Pictures.Plain(Size, new WholePicture()) with { Background = new Rgb(255, 255, 0) };
        float[] planes = Pictures.Decode(Pictures.Read(name), options);
        Pictures.ShouldShow(planes, Size, 3, 11, (255, 255, 0), 0.01, name);
        Pictures.ShouldShow(planes, Size, 12, 28, Pictures.Red, 0.01, name);
        Pictures.ShouldShow(planes, Size, 36, 28, halfBlue ? (137, 157, 95) : Pictures.Blue, 0.51, name);
    }

    [Theory]
    [InlineData("gray.jpg", 2)]
    [InlineData("gray.png", 0)]
    [InlineData("gray16.png", 0)]
    public void GreyBecomesThreeEqualPlanes_WhenThereIsOneChannel(string name, double tolerance)
    {
        float[] planes = Pictures.Decode(Pictures.Read(name), Pictures.Plain(Size, new WholePicture()));
        Pictures.ShouldShow(planes, Size, 12, 28, (82, 82, 82), tolerance + 0.01, name);
        Pictures.ShouldShow(planes, Size, 36, 28, (63, 63, 63), tolerance + 0.01, name);
    }

    [Fact]
    public void GreyWithAlphaIsBlended_OverTheBackground()
    {
        float[] planes = Pictures.Decode(Pictures.Read("gray-alpha.png"), Pictures.Plain(Size, new WholePicture()));
        Pictures.ShouldShow(planes, Size, 3, 11, Pictures.White, 0.01, "transparent");
        Pictures.ShouldShow(planes, Size, 36, 28, (159, 159, 159), 0.51, "half transparent");
    }

    [Fact]
    public void EveryFixtureHasAHeader_ThatNamesItsSize()
    {
        foreach (string name in Pictures.Names.Where(n => n != "bomb.png" && !n.StartsWith("detail")))
        {
            HeaderReader.TryRead(Pictures.Read(name), out var header).ShouldBeTrue(name);
            (header.ShownWidth, header.ShownHeight, header.Complete).ShouldBe((48, 32, true), name);
        }
    }

    [Fact]
    public void ValuesAreNormalisedWithClipsConstants_ByDefault()
    {
        float[] planes = new float[3 * Size * Size];
        new PictureDecoder(new PictureOptions { Size = Size, View = new WholePicture() }).Decode(Pictures.Read("rgb.png"), 0, planes).Ok.ShouldBeTrue();
        planes[(28 * Size) + 12].ShouldBe((200 / 255f - 0.48145466f) / 0.26862954f, 1e-5);
        planes[(Size * Size) + (28 * Size) + 12].ShouldBe((30 / 255f - 0.4578275f) / 0.26130258f, 1e-5);
        planes[(2 * Size * Size) + (28 * Size) + 12].ShouldBe((40 / 255f - 0.40821073f) / 0.27577711f, 1e-5);
    }
}
