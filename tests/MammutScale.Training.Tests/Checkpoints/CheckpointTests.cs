using MammutScale.Storage;
using MammutScale.Training.Checkpoints;
using MammutScale.Training.Configuration;
using MammutScale.Training.Events;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Checkpoints;

public sealed class CheckpointTests
{
    [Fact]
    public async Task ADamagedCheckpointIsRefusedByNameAndTheOneBeforeItUsed()
    {
        using var folder = new TemporaryFolder();
        await Train(folder, 6);
        var part = Path.Combine(folder.Path, "runs/test/checkpoints/step-00000006/part-1.safetensors");
        var bytes = await File.ReadAllBytesAsync(part);
        bytes[^5] ^= 1;
        await File.WriteAllBytesAsync(part, bytes);

        using var cluster = new SmallCluster(TinyRun.File("checkpoint.every_steps=2"), folder.Path, 8);
        cluster.Join();
        cluster.Join();
        cluster.Run();

        var refusal = cluster.Recorders.SelectMany(r => r.Happenings).Single(h => h.Kind == HappeningKind.CheckpointRefused);
        refusal.Text.ShouldContain("part-1.safetensors of step-00000006 is damaged");
        cluster.Recorders[0].Happenings.ShouldContain(h => h.Kind == HappeningKind.Resumed && h.Step == 4);
        // the damaged one was written again, whole
        var store = new CheckpointStore(cluster.Store, "test");
        (await store.ListAsync()).ShouldBe([8, 6, 4]);
        var manifest = await store.ReadManifestAsync(6);
        foreach (var saved in manifest.Parts) await store.VerifyPartAsync(manifest, saved);
    }

    [Fact]
    public async Task PartsWithoutAManifestAreNoCheckpoint_AndOldOnesGo()
    {
        using var folder = new TemporaryFolder();
        var store = await Train(folder, 10);

        (await store.ListAsync()).ShouldBe([10, 8, 6]);
        await store.DropManifestAsync(10);
        (await store.ListAsync()).ShouldBe([8, 6]);
        (await store.ReadManifestAsync(8)).Parts.Count.ShouldBe(2);
        (await Should.ThrowAsync<CheckpointException>(() => store.ReadManifestAsync(10))).Message.ShouldContain("has no checkpoint step-00000010");
    }

    [Fact]
    public async Task AnotherDataSetOrModelIsRefusedByName()
    {
        using var folder = new TemporaryFolder();
        await Train(folder, 2);

        using var data = new SmallCluster(TinyRun.File(), folder.Path, 4) { Data = "another" };
        data.Join();
        Should.Throw<CheckpointException>(() => data.Run()).Message.ShouldContain("was trained on another data set");
        using var model = new SmallCluster(TinyRun.File("model.text_layers=1", "model.cross_every=1"), folder.Path, 4);
        model.Join();
        Should.Throw<CheckpointException>(() => model.Run()).Message.ShouldContain("is of another model: text.resblocks.1");
    }

    [Fact]
    public async Task TheCommitIsTakenOnce_WhenTwoWouldWriteIt()
    {
        using var folder = new TemporaryFolder();
        var store = await Train(folder, 2);

        var manifest = await store.ReadManifestAsync(2);
        (await Should.ThrowAsync<CheckpointException>(() => store.CommitAsync(manifest))).Message.ShouldContain("has been committed by somebody else");
    }

    [Fact]
    public async Task AModelIsReadBack_WithWeightsOrTheirRunningMean()
    {
        using var folder = new TemporaryFolder();
        var store = await Train(folder, 2);

        using var read = await CheckpointWeights.ReadAsync(store);
        read.Manifest.Step.ShouldBe(2);
        read.File.Optim.Lr.ShouldBe(0.003);
        using var again = new SmallCluster(TinyRun.File("checkpoint.every_steps=2"), folder.Path, 2) { Evaluations = [new("held out", () => [TinyRun.Batch(99, 0, 12)])] };
        again.Join();
        again.Run();
        var scores = Training.Evaluation.RetrievalEvaluation.Run(read.Model, read.Video, [TinyRun.Batch(99, 0, 12)]);
        scores.ShouldBe(again.Recorders[0].Evaluations.Single().Scores);
        (await Should.ThrowAsync<CheckpointException>(() => CheckpointWeights.ReadAsync(store, ema: true))).Message.ShouldContain("keeps no running mean");
    }

    [Theory]
    [InlineData(0, new long[] { 1, 2 })]
    [InlineData(2, new long[] { 1 })]
    public void TheNewestGoodOnesStay_AndEveryKeptStep(long keepEvery, long[] expected)
    {
        var rules = new CheckpointSection { KeepLast = 2, KeepEvery = keepEvery };

        Retention.Superfluous([1, 2, 3, 5, 4], new HashSet<long> { 5 }, rules).Order().ShouldBe(expected);
        Retention.Superfluous([1, 2], new HashSet<long> { 2 }, rules with { KeepLast = 1 }).ShouldBeEmpty();
    }

    private static Task<CheckpointStore> Train(TemporaryFolder folder, long steps)
    {
        using var cluster = new SmallCluster(TinyRun.File("checkpoint.every_steps=2"), folder.Path, steps);
        cluster.Join();
        cluster.Join();
        cluster.Run();
        cluster.Recorders[0].Checkpoints.Count.ShouldBe((int)steps / 2);
        return Task.FromResult(new CheckpointStore(BlobStores.Open(folder.Path), "test"));
    }
}
