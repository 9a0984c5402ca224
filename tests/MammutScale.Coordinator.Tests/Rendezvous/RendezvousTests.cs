using CsCheck;
using MammutScale.Coordinator.Rendezvous;

namespace MammutScale.Coordinator.Tests.Rendezvous;

public sealed class RendezvousTests
{
    [Fact]
    public void LanesAreCoveredOnceInOrder_WhenSplitOverAnyWorld()
    {
        Gen.Select(Gen.Int[1, 600], Gen.Int[1, 600]).Where((lanes, world) => world <= lanes).Sample((lanes, world) =>
        {
            var parts = Enumerable.Range(0, world).Select(r => LaneSplit.Of(r, world, lanes)).ToList();
            return parts.SelectMany(p => Enumerable.Range(p.First, p.Count)).SequenceEqual(Enumerable.Range(0, lanes))
                   && parts.Max(p => p.Count) - parts.Min(p => p.Count) <= 1;
        }, iter: 500);
    }

    [Fact]
    public void SecretsDiffer_WhenTheGenerationOrTheRunDiffers()
    {
        var (one, other) = (GenerationSecret.NewRunSecret(), GenerationSecret.NewRunSecret());
        GenerationSecret.Of(one, 1).ShouldBe(GenerationSecret.Of(one, 1));
        GenerationSecret.Of(one, 1).Length.ShouldBe(32);
        GenerationSecret.Of(one, 2).ShouldNotBe(GenerationSecret.Of(one, 1));
        GenerationSecret.Of(other, 1).ShouldNotBe(GenerationSecret.Of(one, 1));
    }

    [Fact]
    public void HoldingBackGrowsAndIsBounded_WhenFailuresGoOn()
    {
        var waits = Enumerable.Range(1, 20).Select(HoldBack.After).ToList();
        waits[..2].ShouldAllBe(w => w == TimeSpan.Zero);
        waits[2].ShouldBe(TimeSpan.FromSeconds(5));
        waits.ShouldBeInOrder();
        waits[^1].ShouldBe(TimeSpan.FromMinutes(5));
    }
}
