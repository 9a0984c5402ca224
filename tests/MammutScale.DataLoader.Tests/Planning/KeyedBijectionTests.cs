using CsCheck;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Tests.Planning;

public sealed class KeyedBijectionTests
{
    [Fact]
    public void EveryValueIsHitOnce_ForAnyKeyAndCount() =>
        Gen.Select(Gen.ULong, Gen.Int[1, 3000]).Sample((key, count) =>
        {
            var bijection = new KeyedBijection(key, count);
            var seen = new bool[count];
            for (var i = 0; i < count; i++)
                seen[bijection[i]] = true;
            return seen.All(hit => hit);
        }, iter: 300);

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    public void EveryPermutationIsReached_WhenTheDomainIsTiny(int count)
    {
        // over many keys each value lands on each place about equally often
        const int Keys = 20_000;
        var hits = new int[count, count];
        for (ulong key = 0; key < Keys; key++)
        {
            var bijection = new KeyedBijection(MammutScale.DataLoader.Planning.Keys.Mix(key), count);
            for (var i = 0; i < count; i++)
                hits[i, bijection[i]]++;
        }

        double expected = (double)Keys / count, chiSquare = 0;
        foreach (var hit in hits)
            chiSquare += (hit - expected) * (hit - expected) / expected;
        // (count − 1)² degrees of freedom: mean that, standard deviation √(2 × that); eight of them leave room for nothing but a flaw
        double freedom = (count - 1) * (count - 1);
        chiSquare.ShouldBeLessThan(freedom + (8 * Math.Sqrt(2 * freedom)));
    }

    [Fact]
    public void NeighboursAreTornApart_WhenTheDomainIsLarge()
    {
        const int Count = 100_000;
        var bijection = new KeyedBijection(42, Count);
        double distance = 0;
        var touching = 0;
        for (var i = 1; i < Count; i++)
        {
            var gap = Math.Abs(bijection[i] - bijection[i - 1]);
            distance += gap;
            touching += gap == 1 ? 1 : 0;
        }

        // independent uniform places: mean distance n/3, two neighbours stay together about twice in the whole domain
        (distance / Count).ShouldBe(Count / 3.0, Count / 100.0);
        touching.ShouldBeLessThan(14);
    }

    [Fact]
    public void OutOfRange_IsRefused() => Should.Throw<ArgumentOutOfRangeException>(() => new KeyedBijection(1, 10)[10]);
}
