
namespace MammutScale.DataLoader.Tests.Pipeline;

public sealed class BadRowTests
{
    [Fact]
    public async Task BadRowsAreReplacedListedAndCounted()
    {
        using var folder = await PictureFolder.WriteAsync(42, files: 2, spoil: r => r.Number switch
        {
            3 => r with { Picture = r.Picture![..^30] },
            10 => r with { Picture = "<html>404</html>"u8.ToArray() },
            25 => r with { Captions = ["!?"] },
            30 => r with { Picture = null },
            33 => r with { Picture = null, Status = "failed_to_download" },
            _ => r,
        });
        using var source = await folder.OpenAsync();
        string list = Path.Combine(folder.Folder, "quarantine", "rank-0.jsonl");
        using var loader = PictureFolder.Load(source, PictureFolder.Plan(source), PictureFolder.Options() with { MaxBadShare = 0.5, QuarantinePath = list });
        int[] bad = [3, 10, 25, 30, 33];
        for (int step = 0; step < 7; step++)
            foreach (var id in BatchCopy.Take(loader).Samples)
                bad.ShouldNotContain(RowOf(id.RowGroup, id.Row));
        loader.BadRows.Select(b => (Path.GetFileName(b.File), b.Row)).ShouldBe([("00000.parquet", 3), ("00000.parquet", 10), ("00001.parquet", 4), ("00001.parquet", 9)], ignoreOrder: true);
        loader.BadRows.Single(b => b.Row == 3).Reason.ShouldBe("truncated Png");
        loader.BadRows.Single(b => b.Row == 10).Reason.ShouldContain("not a JPEG, PNG, WebP or GIF");
        loader.BadRows.Single(b => b.Row == 4).Reason.ShouldContain("without any word");
        loader.BadRows.Single(b => b.Row == 9).Reason.ShouldContain("no media");
        var snapshot = loader.Snapshot();
        snapshot.BadRows.ShouldBeGreaterThanOrEqualTo(4);
        snapshot.FailedRows.ShouldBeGreaterThanOrEqualTo(1);
        snapshot.Reasons["truncated Png"].ShouldBeGreaterThanOrEqualTo(1);
        loader.Dispose();
        var lines = File.ReadAllLines(list);
        lines.Length.ShouldBe(4);
        lines.ShouldContain(l => l.Contains("\"row\":3,") && l.Contains("truncated Png"));
    }

    [Fact]
    public async Task StreamStopsWithTheReason_WhenTooManyRowsAreBad()
    {
        using var folder = await PictureFolder.WriteAsync(60, spoil: r => r.Number % 4 == 0 ? r with { Picture = r.Picture![..30] } : r);
        using var source = await folder.OpenAsync();
        using var loader = PictureFolder.Load(source, PictureFolder.Plan(source), PictureFolder.Options() with { MaxBadShare = 0.1, BadShareAfter = 20 });
        var error = Should.Throw<DataFormatException>(() => { for (int i = 0; i < 20; i++) BatchCopy.Take(loader); });
        error.Message.ShouldContain("above the limit of");
        error.Message.ShouldContain("truncated Png");
        error.Message.ShouldContain("max_bad_share");
    }

    [Fact]
    public async Task StreamStopsAtOnce_WhenNoRowIsUsable()
    {
        using var folder = await PictureFolder.WriteAsync(20, spoil: r => r with { Picture = [1, 2, 3] });
        using var source = await folder.OpenAsync();
        using var loader = PictureFolder.Load(source, PictureFolder.Plan(source), PictureFolder.Options() with { MaxBadShare = 1 });
        Should.Throw<DataFormatException>(() => BatchCopy.Take(loader)).Message.ShouldContain("no usable row");
    }

    [Fact]
    public async Task DamagedFileIsNamed_WhenItsPagesCannotBeRead()
    {
        using var folder = await PictureFolder.WriteAsync(30, files: 1);
        using var source = await folder.OpenAsync();
        string path = Path.Combine(folder.Folder, "00000.parquet");
        byte[] bytes = File.ReadAllBytes(path);
        bytes.AsSpan(bytes.Length / 3, bytes.Length / 4).Fill(0xEE);
        File.WriteAllBytes(path, bytes);
        using var again = await folder.OpenAsync();
        using var loader = PictureFolder.Load(again, PictureFolder.Plan(again), PictureFolder.Options());
        Should.Throw<DataFormatException>(() => { for (int i = 0; i < 5; i++) BatchCopy.Take(loader); }).Message.ShouldContain("00000.parquet");
    }

    private static int RowOf(int rowGroup, int row) => rowGroup * 7 + row;
}
