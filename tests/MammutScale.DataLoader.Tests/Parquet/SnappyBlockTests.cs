using CsCheck;
using MammutScale.DataLoader.Parquet.Compression;
using Snappier;

namespace MammutScale.DataLoader.Tests.Parquet;

/// <summary>Our unpacking against a library's packing, and against damage.</summary>
public sealed class SnappyBlockTests
{
    /// <summary>Noise, runs, and text that repeats itself at every distance.</summary>
    private static readonly Gen<byte[]> Contents = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 200_000], Gen.Int[1, 90], Gen.UInt, (kind, length, period, seed) =>
    {
        var random = new Random((int)seed);
        var bytes = new byte[length];
        if (kind > 2) random.NextBytes(bytes);
        for (var i = period; i < length && kind != 3; i++)
        {
            // mostly what stood one period before
            if (random.Next(20) > 0 || kind == 0) bytes[i] = bytes[i - period];
            else bytes[i] = (byte)random.Next(256);
        }

        return bytes;
    });

    [Fact]
    public void ContentComesBack_WhateverIsPacked() => Contents.Sample(content =>
    {
        var target = new byte[content.Length];
        SnappyBlock.Decompress(Snappy.CompressToArray(content), target).ShouldBe(content.Length);
        target.AsSpan().SequenceEqual(content).ShouldBeTrue();
    }, iter: 300);

    [Fact]
    public void NothingElseThanTheLibraryGivesComesOut_WhereverTheDamageIs() => Gen.Select(Contents, Gen.Int, Gen.Byte, Gen.Bool).Sample((content, where, value, cut) =>
    {
        var packed = Snappy.CompressToArray(content);
        var at = (int)((uint)where % (uint)packed.Length);
        if (cut) packed = packed[..at];
        else packed[at] = value;
        var target = new byte[content.Length];
        var written = SnappyBlock.Decompress(packed, target);
        byte[]? expected = null;
        try
        {
            expected = Snappy.DecompressToArray(packed);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or InvalidOperationException or OverflowException)
        {
            written.ShouldBe(-1);
        }

        // the library lets some blocks pass that the format does not allow
        if (written >= 0) target.AsSpan().SequenceEqual(expected).ShouldBeTrue();
    }, iter: 300);

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 4, 1, 0 })]
    [InlineData(new byte[] { 4, 0xfc, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 4, 0, 7, 0x0d, 2 })]
    public void NonsenseIsRefused(byte[] packed) => SnappyBlock.Decompress(packed, new byte[4]).ShouldBe(-1);

    [Fact]
    public void PatternIsRepeated_WhenACopyReachesIntoItself()
    {
        var target = new byte[9];
        SnappyBlock.Decompress([9, 0x04, 1, 2, 0x0d, 2], target).ShouldBe(9);
        target.ShouldBe([1, 2, 1, 2, 1, 2, 1, 2, 1]);
    }
}
