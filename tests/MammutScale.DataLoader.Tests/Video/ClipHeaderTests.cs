using CsCheck;
using MammutScale.DataLoader.Video.Containers;

namespace MammutScale.DataLoader.Tests.Video;

public sealed class ClipHeaderTests
{
    private static readonly (string Name, byte[] Clip)[] Kinds =
        [("plain", Clips.Plain), ("silent", Clips.Silent), ("fragmented", Clips.Fragmented), ("webm", Clips.Webm), ("live", Clips.LiveWebm), ("trimmed", Clips.Trimmed)];

    [Fact]
    public void ContainersSayWhatTheyHold()
    {
        var plain = ClipHeaderReader.Read(Clips.Plain);
        (plain.Format, plain.HasPictures, plain.Codec, plain.Width, plain.Height, plain.Frames, plain.Complete, plain.Damaged)
            .ShouldBe((ClipFormat.Mp4, true, "avc1", 64, 48, 100, true, false));
        plain.Seconds.ShouldBe(4, 0.01);
        plain.KeyFrames.ShouldBe(4);
        var webm = ClipHeaderReader.Read(Clips.Webm);
        (webm.Format, webm.HasPictures, webm.Codec, webm.Width, webm.Height, webm.Frames, webm.Complete).ShouldBe((ClipFormat.Matroska, true, "V_VP9", 64, 48, 60, true));
        webm.Seconds.ShouldBe(2.4, 0.05);
        webm.KeyFrames.ShouldBeInRange(1, 2);
        var live = ClipHeaderReader.Read(Clips.LiveWebm);
        (live.Frames, live.Complete, live.Damaged).ShouldBe((60, true, false));
        live.Seconds.ShouldBe(2.4, 0.05);
        var fragmented = ClipHeaderReader.Read(Clips.Fragmented);
        (fragmented.Frames, fragmented.Complete, fragmented.HasPictures).ShouldBe((100, true, true));
    }

    [Fact]
    public void AnEditListShowsAPart()
    {
        var trimmed = ClipHeaderReader.Read(Clips.Trimmed);
        trimmed.Seconds.ShouldBe(1.6, 0.05);
        trimmed.Frames!.Value.ShouldBeInRange(39, 41);
    }

    [Fact]
    public void NoPrefixIsComplete_InAnyContainer()
    {
        foreach (var (name, clip) in Kinds)
        {
            // a live recording may stop between two pictures: nothing tells
            if (name is "live" or "fragmented") continue;
            for (int length = 0; length < clip.Length; length += 1 + (clip.Length / 199))
                ClipHeaderReader.Read(clip.AsSpan(0, length)).Complete.ShouldBeFalse($"{name}: {length} of {clip.Length} bytes");
        }
    }

    [Fact]
    public void DamageNeverThrows() => Gen.Select(Gen.Int[0, 5], Gen.Select(Gen.UInt, Gen.Byte).Array[1, 20], Gen.Int[0, 100]).Sample((kind, changes, kept) =>
    {
        byte[] clip = [.. Kinds[kind].Clip.AsSpan(0, Kinds[kind].Clip.Length * kept / 100)];
        foreach (var (place, value) in changes)
            if (clip.Length > 0) clip[place % (uint)clip.Length] = value;
        ClipHeaderReader.Read(clip);
    }, iter: 20_000);

    [Fact]
    public void OtherFilesAreNoClips()
    {
        foreach (byte[] other in (byte[][])[[], [0], "<html>404 Not Found</html>"u8.ToArray(), "#EXTM3U\nhttp://example.org/a.ts"u8.ToArray(), "RIFF0000AVI LIST"u8.ToArray()])
            ClipHeaderReader.Read(other).Format.ShouldBe(ClipFormat.Unknown);
    }
}
