using CsCheck;
using MammutScale.Training.Parameters;

namespace MammutScale.Training.Tests.Parameters;

public sealed class FlatLayoutTests
{
    private static readonly Gen<ParameterSpec[]> Models =
        Gen.Select(Gen.Long[1, 700].Array[1, 2], Gen.Bool, Gen.Int[0, 6]).Array[1, 30]
            .Select(all => all.Select((p, i) => new ParameterSpec($"p{i}", p.Item1, p.Item2, p.Item3)).ToArray());

    [Fact]
    public void EveryParameterHasItsOwnAlignedPlaceInOneBucket_ForAnyModel() =>
        Gen.Select(Models, Gen.Long[1, 5000]).Sample((model, bucketElements) =>
        {
            var layout = FlatLayout.Build(model, bucketElements);

            layout.Entries.Select(e => e.Name).Order().ShouldBe(model.Select(p => p.Name).Order());
            long end = 0;
            foreach (var entry in layout.Entries)
            {
                entry.Offset.ShouldBeGreaterThanOrEqualTo(end);
                (entry.Offset % FlatLayout.Alignment).ShouldBe(0);
                end = entry.Offset + entry.Count;
                var bucket = layout.Buckets.Single(b => entry.Offset >= b.Offset && entry.Offset < b.Offset + b.Length);
                (entry.Offset + entry.Count).ShouldBeLessThanOrEqualTo(bucket.Offset + bucket.Length);
                entry.Parameter.Stage.ShouldBeLessThanOrEqualTo(bucket.LastStage);
                var run = layout.DecayRuns.Single(r => entry.Offset >= r.Offset && entry.Offset < r.Offset + r.Length);
                run.Decays.ShouldBe(entry.Parameter.Decays);
            }

            layout.Buckets.Zip(layout.Buckets.Skip(1)).ShouldAllBe(p => p.First.Offset + p.First.Length == p.Second.Offset && p.First.LastStage <= p.Second.LastStage);
        }, iter: 200);

    [Fact]
    public void RanksOwnEveryElementExactlyOnce_ForAnyWorld() =>
        Gen.Select(Models, Gen.Long[1, 5000], Gen.Int[1, 9]).Sample((model, bucketElements, world) =>
        {
            var layout = FlatLayout.Build(model, bucketElements);
            var maps = Enumerable.Range(0, world).Select(r => new ShardMap(layout, r, world)).ToList();
            var pieces = maps.SelectMany(m => m.Owned).OrderBy(o => o.Offset).ToList();

            long end = 0;
            foreach (var piece in pieces)
            {
                piece.Offset.ShouldBe(end);
                end += piece.Length;
            }

            end.ShouldBe(layout.Length);
            foreach (var map in maps)
            {
                map.DecayPieces().Sum(p => p.Range.Length).ShouldBe(map.Length);
                map.DecayPieces().Select(p => p.Range.LocalOffset).ShouldBeInOrder();
            }
        }, iter: 200);
}
