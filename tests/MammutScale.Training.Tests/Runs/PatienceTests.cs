using System.Collections.Concurrent;
using MammutScale.DataLoader.Pipeline;
using MammutScale.Storage;
using MammutScale.Training.Events;
using MammutScale.Training.Runs;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Runs;

/// <summary>Groups give up a rank that does not come along for some minutes. Work that may take longer has to say so on the way.</summary>
public sealed class PatienceTests
{
    private readonly ConcurrentDictionary<int, CountedGroup> _groups = [];

    [Fact]
    public void TheOthersHearOfRankZero_AfterEveryBatchThatItEvaluates()
    {
        using var folder = new TemporaryFolder();
        var seen = new List<long>();
        IEnumerable<Batch> Rows()
        {
            for (var i = 0; i < 4; i++)
            {
                seen.Add(_groups[0].Begun);
                yield return TinyRun.Batch(99, 4 * i, 4);
            }
        }

        using var cluster = Cluster(folder, BlobStores.Open(folder.Path), [new EvaluationInput("held out", Rows)]);
        cluster.Run().ShouldAllBe(end => end == GenerationEnd.Completed);

        for (var i = 1; i < seen.Count; i++) seen[i].ShouldBeGreaterThan(seen[i - 1], string.Join(", ", seen));
        cluster.Recorders[0].Evaluations.Single().Scores.Images.ShouldBe(16);
    }

    [Fact]
    public void TheOthersHearOfARank_WhileItsPartOfTheLastCheckpointIsSlow()
    {
        using var folder = new TemporaryFolder();
        var store = new SlowStore(BlobStores.Open(folder.Path), "part-1.safetensors", () => _groups[0].Begun);
        using var cluster = Cluster(folder, store, []);

        cluster.Run().ShouldAllBe(end => end == GenerationEnd.Completed);

        store.OthersWent.ShouldBeTrue("rank 0 stood in one operation for as long as rank 1's storage was slow");
        cluster.Recorders[0].Checkpoints.Single().Step.ShouldBe(3);
    }

    [Fact]
    public void ANewGenerationDoesNotWaitForSlowStorage_AndTheCheckpointIsGivenUpByName()
    {
        using var folder = new TemporaryFolder();
        var store = new SlowStore(BlobStores.Open(folder.Path), "part-1.safetensors", () => 0);
        using var cluster = Cluster(folder, store, [], "checkpoint.every_steps=1", c => c.Step == 2 ? StepDirective.Regroup : StepDirective.Continue);

        cluster.Run().ShouldAllBe(end => end == GenerationEnd.Regrouped);

        cluster.Recorders[0].Checkpoints.ShouldBeEmpty();
        cluster.Recorders[0].Happenings.Single(h => h.Kind == HappeningKind.CheckpointFailed).Text.ShouldContain("step-00000001 was not written: the store was slower than the workers could wait");
    }

    private SmallCluster Cluster(TemporaryFolder folder, IBlobStore store, IReadOnlyList<EvaluationInput> evaluations, string set = "checkpoint.every_steps=0", Func<SmallCluster.CommittedStepContext, StepDirective>? directive = null)
    {
        var cluster = new SmallCluster(TinyRun.File(set), folder.Path, 3)
        {
            Store = store,
            Evaluations = evaluations,
            Directive = directive,
            RegroupPatience = TimeSpan.FromSeconds(0.3),
            Through = group => _groups[group.Rank] = new CountedGroup(group),
        };
        cluster.Join();
        cluster.Join();
        return cluster;
    }

    /// <summary>Holds a blob back until another rank has gone on by three operations.</summary>
    private sealed class SlowStore(IBlobStore inner, string slow, Func<long> others) : IBlobStore
    {
        private const int Enough = 3;
        private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

        public bool OthersWent { get; private set; }

        public string Address => inner.Address;

        public ValueTask<BlobInfo?> StatAsync(string key, CancellationToken cancellation = default) => inner.StatAsync(key, cancellation);

        public IAsyncEnumerable<BlobInfo> ListAsync(string prefix, CancellationToken cancellation = default) => inner.ListAsync(prefix, cancellation);

        public ValueTask<IBlobReader> OpenAsync(string key, CancellationToken cancellation = default) => inner.OpenAsync(key, cancellation);

        public async ValueTask<BlobInfo> WriteAsync(string key, Func<Stream, CancellationToken, ValueTask> content, BlobCondition condition = default, CancellationToken cancellation = default)
        {
            if (key.EndsWith(slow, StringComparison.Ordinal))
            {
                var begin = TimeProvider.System.GetTimestamp();
                var from = others();
                while (!(OthersWent = others() >= from + Enough) && TimeProvider.System.GetElapsedTime(begin) < Limit) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellation);
            }

            return await inner.WriteAsync(key, content, condition, cancellation);
        }

        public ValueTask<bool> DeleteAsync(string key, BlobCondition condition = default, CancellationToken cancellation = default) => inner.DeleteAsync(key, condition, cancellation);
    }
}
