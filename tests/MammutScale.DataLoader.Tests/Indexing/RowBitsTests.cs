using CsCheck;
using MammutScale.DataLoader.Indexing;

namespace MammutScale.DataLoader.Tests.Indexing;

public sealed class RowBitsTests
{
    [Fact]
    public void AnyRunOfSelectedRows_ComesBack() =>
        Gen.Select(Gen.Int[1, 3000], Gen.Int[0, 100], Gen.Int[0, 1 << 20]).Sample((rows, percent, seed) =>
        {
            var random = new Random(seed);
            var bits = new ulong[(rows + 63) / 64];
            var expected = new List<int>();
            for (var row = 0; row < rows; row++)
                if (random.Next(100) < percent)
                {
                    bits[row >> 6] |= 1UL << (row & 63);
                    expected.Add(row);
                }

            var encoded = RowBits.Encode(bits, rows, expected.Count);
            encoded.Length.ShouldBeLessThanOrEqualTo(1 + ((rows + 7) / 8));
            var first = expected.Count == 0 ? 0 : random.Next(expected.Count);
            var found = new int[Math.Min(expected.Count - first, random.Next(1, 200))];
            RowBits.Rows(encoded, first, found);
            found.ShouldBe(expected.Skip(first).Take(found.Length));
            var all = new int[expected.Count];
            RowBits.Rows(encoded, 0, all);
            all.ShouldBe(expected);
        }, iter: 1500);

    [Fact]
    public void FewRowsOfMany_TakeFewBytes()
    {
        var bits = new ulong[1000];
        bits[500] = 1;
        RowBits.Encode(bits, 64_000, 1).Length.ShouldBeLessThan(6);
        RowBits.Encode([.. bits.Select(word => ~word)], 64_000, 63_999).Length.ShouldBeLessThan(6);
        RowBits.Encode(bits, 64_000, 0).ShouldBeEmpty();
    }
}
