using MammutScale.Contracts;
using MammutScale.Coordinator.Metrics;
using MammutScale.Storage;
using MammutScale.TestKit;

namespace MammutScale.Coordinator.Tests.Metrics;

public sealed class HistoryLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EveryRecordComesBack_WhenTheLogIsOpenedAgain()
    {
        var store = BlobStores.Open(_folder.Path);
        var written = new List<StepRecord>();
        for (var session = 0; session < 3; session++)
        {
            var log = new HistoryLog(store, "runs/r/history");
            (await log.OpenAsync(default)).ShouldBe(written);
            for (var s = 0; s < 700; s++)
            {
                var step = Make.Step(written.Count + 1, session + 1, DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000 + s), s % 50 == 0 ? double.NaN : s) with { Skipped = s % 50 == 0 };
                written.Add(step);
                log.Add(step);
                if (s % 300 == 0) await log.FlushAsync(default);
            }

            log.Unwritten.ShouldBeGreaterThan(0);
            (await log.ReadAllAsync(default)).ShouldBe(written, "what is not stored yet is read too");
            await log.FlushAsync(default);
            log.Unwritten.ShouldBe(0);
        }

        Directory.GetFiles(_folder.File("runs/r/history")).Length.ShouldBe(3);
    }

    [Fact]
    public async Task OtherSegmentsAreRead_WhenOneIsDamaged()
    {
        var store = BlobStores.Open(_folder.Path);
        var log = new HistoryLog(store, "h");
        for (var s = 1; s <= 1500; s++) log.Add(Make.Step(s));
        await log.FlushAsync(default);
        await store.WriteAsync("h/segment-00000000.parquet", "no parquet"u8.ToArray());
        var again = new HistoryLog(store, "h");
        (await again.OpenAsync(default)).Select(s => s.Step).ShouldBe(Enumerable.Range(1025, 476).Select(s => (long)s));
        again.Damaged.ShouldHaveSingleItem().ShouldContain("segment-00000000.parquet");
    }
}
