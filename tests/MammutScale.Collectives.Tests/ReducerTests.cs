using CsCheck;
using MammutScale.Collectives.Reduction;
using MammutScale.Collectives.Tests.Support;

namespace MammutScale.Collectives.Tests;

/// <summary>The arithmetic, where vectors and what is left over after them must agree to the bit.</summary>
public sealed class ReducerTests
{
    [Fact]
    public void Narrow_RoundsToNearestEven_AndKeepsWhatIsNoNumber()
    {
        BFloat16Reducer.Narrow(1f).ShouldBe((ushort)0x3F80);
        // halfway between two values: the even one
        BFloat16Reducer.Narrow(BitConverter.UInt32BitsToSingle(0x3F808000)).ShouldBe((ushort)0x3F80);
        BFloat16Reducer.Narrow(BitConverter.UInt32BitsToSingle(0x3F818000)).ShouldBe((ushort)0x3F82);
        BFloat16Reducer.Narrow(float.MaxValue).ShouldBe((ushort)0x7F80);
        float.IsNaN(BFloat16Reducer.Widen(BFloat16Reducer.Narrow(BitConverter.UInt32BitsToSingle(0x7FFFFFFF)))).ShouldBeTrue();
        BFloat16Reducer.Widen(BFloat16Reducer.Narrow(float.NegativeInfinity)).ShouldBe(float.NegativeInfinity);
    }

    [Fact]
    public void VectorsOfBFloat16_GiveTheBitsOfSingleElements() =>
        Gen.Select(Gen.UShort.Array[70], Gen.UShort.Array[70], Gen.Enum<ReduceOp>()).Sample((a, b, op) =>
        {
            using var together = new NativeArray<ushort>(a);
            using var one = new NativeArray<ushort>(a);
            using var other = new NativeArray<ushort>(b);
            Combine(together.Buffer, other.Buffer, op);
            for (int i = 0; i < a.Length; i++) Combine(one.Buffer.Slice(i, 1), other.Buffer.Slice(i, 1), op);
            for (int i = 0; i < a.Length; i++)
            {
                // one not-a-number is as good as another
                if (float.IsNaN(BFloat16Reducer.Widen(one.Span[i]))) float.IsNaN(BFloat16Reducer.Widen(together.Span[i])).ShouldBeTrue();
                else together.Span[i].ShouldBe(one.Span[i]);
            }
        }, iter: 500);

    [Theory]
    [InlineData(ReduceOp.Max)]
    [InlineData(ReduceOp.Min)]
    [InlineData(ReduceOp.Sum)]
    public void NotANumber_Wins_WhereverItStands(ReduceOp op)
    {
        for (int place = 0; place < 37; place++)
        {
            using var a = new NativeArray<float>(37);
            using var b = new NativeArray<float>(37);
            b.Span[place] = float.NaN;
            Combine(a.Buffer, b.Buffer, op);
            float.IsNaN(a.Span[place]).ShouldBeTrue();
            a.Span.ToArray().Count(float.IsNaN).ShouldBe(1);
            Combine(b.Buffer, a.Buffer, op);
            float.IsNaN(b.Span[place]).ShouldBeTrue();
        }
    }

    private static unsafe void Combine(DeviceBuffer result, DeviceBuffer other, ReduceOp op) =>
        Reducer.Combine((byte*)result.Address, (byte*)result.Address, (byte*)other.Address, result.Count, result.Type, op);
}
