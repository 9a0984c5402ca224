using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Video;
using MammutScale.DataLoader.Video.Containers;

namespace MammutScale.DataLoader.Tests.Video;

public sealed class BadClipTests : IDisposable
{
    private readonly ClipDecoder _decoder = new(new PictureOptions { Size = 16 }, new ClipOptions { Frames = 4 });
    private readonly float[] _frames = new float[4 * 3 * 16 * 16];

    public void Dispose() => _decoder.Dispose();

    [Fact]
    public void WhatIsNoClipIsNamed_NotThrown()
    {
        Both([]).ShouldBe("the clip has no bytes");
        Both("<!DOCTYPE html><html>404</html>"u8).ShouldBe("not an MP4, QuickTime, WebM or Matroska clip");
        Both("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n"u8).ShouldBe("not an MP4, QuickTime, WebM or Matroska clip");
        Both(Clips.SoundOnly).ShouldBe("a clip without pictures, sound only");
        Both(Clips.NoFrames).ShouldBe("a clip without frames");
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("silent")]
    [InlineData("webm")]
    public void ACutClipIsTruncated_WhereverItWasCut(string kind)
    {
        byte[] clip = ClipDecoderTests.Named(kind);
        for (int percent = 10; percent < 100; percent += 15)
            Both(clip.AsSpan(0, clip.Length * percent / 100)).ShouldStartWith("truncated", customMessage: $"{kind} {percent} %");
    }

    [Fact]
    public void DamagedStreamsNeverThrow_AndAreNoticedWhenTheyDoNotPlay()
    {
        var random = new Random(5);
        int bad = 0, rounds = 0;
        foreach (string kind in (string[])["plain", "silent", "fragmented", "webm", "live"])
            for (int round = 0; round < 12; round++, rounds++)
            {
                byte[] clip = [.. ClipDecoderTests.Named(kind)];
                // from a few flipped bytes to most of the file
                int hits = 1 << (round % 12);
                for (int i = 0; i < hits; i++) clip[random.Next(clip.Length / 8, clip.Length)] = (byte)random.Next(256);
                var watched = _decoder.Watch(clip);
                _decoder.Decode(clip, (ulong)round, _frames);
                if (!watched.Ok) bad++;
            }
        bad.ShouldBeGreaterThan(rounds / 3);
        _decoder.Decode(Clips.Plain, 1, _frames).Ok.ShouldBeTrue("a good clip after all of them");
    }

    [Fact]
    public void HugeFramesAreRefused_BeforeAnythingIsOpened()
    {
        byte[] clip = [.. Clips.Silent];
        foreach (int at in Places(clip, "avc1"u8))
        {
            if (clip[at + 29] != Clips.Width) continue;
            (clip[at + 28], clip[at + 30]) = (0xEA, 0xEA);
        }
        var result = _decoder.Decode(clip, 0, _frames);
        result.Fault.ShouldBe(ClipFault.TooLarge);
        result.Reason.ShouldContain("59968 x 59952");
        using var strict = new ClipDecoder(new PictureOptions { Size = 16 }, new ClipOptions { Frames = 4, Limits = new ClipLimits { MaxPixels = 1000 } });
        strict.Decode(Clips.Webm, 0, _frames).Fault.ShouldBe(ClipFault.TooLarge);
    }

    [Theory]
    [InlineData("xyz1", "a clip of which nothing can be decoded (codec xyz1)")]
    [InlineData("av01", "an AV1 clip, for which there is no decoder here: convert it, to H.264 for example")]
    public void PicturesThatCannotBeDecodedAreNamedByTheirCodec(string codec, string says)
    {
        byte[] clip = [.. Clips.Silent];
        foreach (int at in Places(clip, "avc1"u8)) System.Text.Encoding.ASCII.GetBytes(codec).CopyTo(clip.AsSpan(at));
        foreach (int at in Places(clip, "mdat"u8)) clip.AsSpan(at + 4, 2000).Fill(0x77);
        Both(clip).ShouldBe(says);
    }

    [Fact]
    public void ARecordingThatStopsEarlierThanItSaysIsTruncated()
    {
        // all of the container is there, but only the first third of the pictures can be decoded
        byte[] clip = [.. Clips.Silent];
        int data = Places(clip, "mdat"u8)[^1] + 4;
        clip.AsSpan(data + ((clip.Length - data) / 3)).Clear();
        ClipHeaderReader.Read(clip).Complete.ShouldBeTrue();
        Both(clip).ShouldBe("truncated Mp4 clip");
    }

    /// <summary>Training and verification agree.</summary>
    private string Both(ReadOnlySpan<byte> clip)
    {
        string decoded = _decoder.Decode(clip, 3, _frames).Reason;
        _decoder.Watch(clip).Reason.ShouldBe(decoded);
        return decoded;
    }

    private static List<int> Places(ReadOnlySpan<byte> file, ReadOnlySpan<byte> word)
    {
        List<int> places = [];
        for (int at = 0; at + word.Length <= file.Length; at++)
            if (file.Slice(at, word.Length).SequenceEqual(word)) places.Add(at);
        return places;
    }
}
