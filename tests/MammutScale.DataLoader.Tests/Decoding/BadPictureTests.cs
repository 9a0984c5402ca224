using System.Text;
using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Decoding.Views;

namespace MammutScale.DataLoader.Tests.Decoding;

public sealed class BadPictureTests
{
    private readonly PictureDecoder _decoder = new(Pictures.Plain(16, new CentreCrop()));
    private readonly float[] _planes = new float[3 * 16 * 16];

    [Fact]
    public void NoPrefixOfAPictureIsGood_InAnyFormat()
    {
        foreach (string name in Pictures.Names.Where(n => n != "bomb.png"))
        {
            byte[] whole = Pictures.Read(name);
            for (int length = 0; length < whole.Length - 1; length += 1 + (whole.Length / 97))
                // animated pictures are good as soon as their first frame is whole
                if (!name.StartsWith("animated.gif") || length < whole.Length / 2)
                    _decoder.Decode(whole.AsSpan(0, length), 0, _planes).Ok.ShouldBeFalse($"{name}: {length} of {whole.Length} bytes");
        }
    }

    [Fact]
    public void FlippedBytesNeverThrow_AndPngNoticesAll()
    {
        foreach (string name in Pictures.Names)
        {
            byte[] whole = Pictures.Read(name);
            for (int at = 8; at < whole.Length; at += 1 + (whole.Length / 61))
            {
                byte[] damaged = [.. whole];
                damaged[at] ^= 0x55;
                var result = _decoder.Decode(damaged, 0, _planes);
                if (name is "rgb.png" && at < whole.Length - 12) result.Ok.ShouldBeFalse($"byte {at} of {name}");
            }
        }
    }

    [Fact]
    public void BombIsRefused_BeforeItsPixelsAreAllocated()
    {
        byte[] bomb = Pictures.Read("bomb.png");
        long before = GC.GetAllocatedBytesForCurrentThread();
        var result = _decoder.Decode(bomb, 0, _planes);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000);
        result.Fault.ShouldBe(DecodeFault.TooLarge);
        result.Reason.ShouldContain("60000 x 60000");
    }

    [Theory]
    [InlineData("", DecodeFault.Empty)]
    [InlineData("<!DOCTYPE html><html><body>404 Not Found</body></html>", DecodeFault.NotAPicture)]
    [InlineData("just some text", DecodeFault.NotAPicture)]
    public void WhatIsNoPictureIsNamed_NotThrown(string content, DecodeFault fault) =>
        _decoder.Decode(Encoding.UTF8.GetBytes(content), 0, _planes).Fault.ShouldBe(fault);

    [Fact]
    public void TrailingBytesDoNotHurt_WhenThePictureIsWhole()
    {
        foreach (string name in new[] { "baseline.jpg", "rgb.png", "lossless.webp", "still.gif" })
            _decoder.Decode([.. Pictures.Read(name), 0, 0, 0, 10], 0, _planes).Ok.ShouldBeTrue(name);
    }

    [Fact]
    public void RandomBytesBehindAMagicNumberAreNoPicture()
    {
        var random = new Random(7);
        foreach (string name in new[] { "baseline.jpg", "rgb.png", "lossless.webp", "still.gif" })
            for (int round = 0; round < 50; round++)
            {
                byte[] bytes = new byte[200];
                random.NextBytes(bytes);
                Pictures.Read(name).AsSpan(0, 12).CopyTo(bytes);
                _decoder.Decode(bytes, 0, _planes).Ok.ShouldBeFalse(name);
            }
    }
}
