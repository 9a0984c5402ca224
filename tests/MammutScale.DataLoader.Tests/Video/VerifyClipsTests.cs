using MammutScale.DataLoader.Inspection.Verifying;
using MammutScale.DataLoader.Tests.Inspection;

namespace MammutScale.DataLoader.Tests.Video;

public sealed class VerifyClipsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mammut-verify-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task EveryClipIsPlayed_AndBadOnesAreNamed()
    {
        PictureRows.Row[] rows =
        [
            new(Clips.Plain, "B-frames and sound"), new(Clips.Rotated, "on its side"), new(Clips.Fragmented, "in fragments"), new(Clips.Webm, "VP9 and sound"),
            new([], "zero bytes"), new(Clips.Plain[..(Clips.Plain.Length * 2 / 3)], "cut"), new(Clips.SoundOnly, "sound only"), new(null, "gone", "failed_to_download"),
        ];
        PictureRows.Write(Path.Combine(_folder, "a.parquet"), rows, 3, media: "mp4");
        var found = await DataVerifier.VerifyAsync([_folder], new VerifyOptions { Parallel = 3 }, TestContext.Current.CancellationToken);
        (found.Rows, found.Good, found.Bad, found.Failed).ShouldBe((8L, 4L, 3L, 1L));
        found.BadRows.Select(b => (b.Row, b.Reason)).ShouldBe([(4L, "media of zero bytes"), (5L, "truncated Mp4 clip"), (6L, "a clip without pictures, sound only")]);
    }
}
