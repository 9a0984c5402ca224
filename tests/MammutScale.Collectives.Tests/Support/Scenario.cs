using System.Runtime.InteropServices;
using MammutScale.Collectives.Reduction;

namespace MammutScale.Collectives.Tests.Support;

/// <summary>
/// Runs every operation on all ranks with values that can be predicted, and compares with plain loops. Values are small
/// integers, so sums are exact in every order; in bf16 they stay below 256.
/// </summary>
internal sealed record Scenario(int World, long Count, ElementType Type, ReduceOp Op, long[] Counts, int Root)
{
    public void Check(Groups groups) => groups.Each(group =>
    {
        AllReduce(group);
        ReduceScatter(group);
        AllGather(group);
        Broadcast(group);
        group.Barrier().Wait();
    });

    private long Total => Counts.Sum();

    private void AllReduce(ICollectives group)
    {
        var values = Values(group.Rank, Count);
        With(values, buffer => group.AllReduce(buffer, Op).Wait());
        Compare("all-reduce", group.Rank, values, Combined(0, Count));
    }

    private void ReduceScatter(ICollectives group)
    {
        var input = Values(group.Rank, Total);
        var before = (byte[])input.Clone();
        var output = new byte[Counts[group.Rank] * Type.Size()];
        With(input, from => With(output, to => group.ReduceScatter(from, to, Op, Counts).Wait()));
        Compare("reduce-scatter", group.Rank, output, Combined(Counts.Take(group.Rank).Sum(), Counts[group.Rank]));
        Compare("reduce-scatter's input", group.Rank, input, before);
    }

    private void AllGather(ICollectives group)
    {
        var input = Values(group.Rank, Counts[group.Rank]);
        var output = new byte[Total * Type.Size()];
        With(input, from => With(output, to => group.AllGather(from, to, Counts).Wait()));
        Compare("all-gather", group.Rank, output, [.. Enumerable.Range(0, World).SelectMany(rank => Values(rank, Counts[rank]))]);
    }

    private void Broadcast(ICollectives group)
    {
        var values = Values(group.Rank, Count);
        With(values, buffer => group.Broadcast(buffer, Root).Wait());
        Compare("broadcast", group.Rank, values, Values(Root, Count));
    }

    private static int Value(int rank, long i) => (int)(((i * 7) + (rank * 13)) % 23) + rank;

    private byte[] Values(int rank, long count) => Encode(0, count, i => Value(rank, i));

    private byte[] Combined(long first, long count) => Encode(first, count, i =>
    {
        int result = Value(0, i);
        for (int rank = 1; rank < World; rank++)
        {
            int value = Value(rank, i);
            result = Op switch
            {
                ReduceOp.Sum => result + value,
                ReduceOp.Max => Math.Max(result, value),
                _ => Math.Min(result, value),
            };
        }
        return result;
    });

    private byte[] Encode(long first, long count, Func<long, int> value)
    {
        var bytes = new byte[count * Type.Size()];
        for (long k = 0; k < count; k++)
        {
            int v = value(first + k);
            switch (Type)
            {
                case ElementType.Float32:
                    MemoryMarshal.Cast<byte, float>(bytes.AsSpan())[(int)k] = v;
                    break;
                case ElementType.BFloat16:
                    MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan())[(int)k] = BFloat16Reducer.Narrow(v);
                    break;
                case ElementType.Int64:
                    MemoryMarshal.Cast<byte, long>(bytes.AsSpan())[(int)k] = v;
                    break;
                default:
                    bytes[k] = (byte)v;
                    break;
            }
        }
        return bytes;
    }

    private unsafe void With(byte[] bytes, Action<DeviceBuffer> action)
    {
        fixed (byte* data = bytes) action(new DeviceBuffer((nint)data, bytes.Length / Type.Size(), Type));
    }

    private void Compare(string what, int rank, byte[] actual, byte[] expected)
    {
        if (actual.AsSpan().SequenceEqual(expected)) return;
        int at = actual.AsSpan().CommonPrefixLength(expected) / Type.Size();
        Assert.Fail($"{what} on rank {rank} differs from element {at} of {expected.Length / Type.Size()} on: {this} counts {string.Join(',', Counts)}");
    }
}
