using System.Runtime.InteropServices;
using MammutScale.Collectives.Operations;

namespace MammutScale.Collectives.Tcp.Algorithms;

/// <summary>
/// Stands before and after the data of an operation on every stream. Both sides compute the same 64 bytes, so anything else
/// is garbage, or a rank that does something different.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal struct OperationHeader
{
    public const int Bytes = 64;

    public const ulong BeginMark = 0x4E_49_47_45_42_4D_4D_AB;

    public const ulong EndMark = 0x5F_44_4E_45_5F_4D_4D_AB;

    public ulong Mark;
    public long Generation;
    public long Sequence;
    public long Count;
    public long PartsHash;
    public OperationKind Kind;
    public ElementType Type;
    public ReduceOp Reduce;
    public int Root;

    public static OperationHeader Of(Operation operation, long generation)
    {
        // a plain polynomial hash: this finds mistakes, not attacks
        long hash = 17;
        if (operation.Kind is OperationKind.ReduceScatter or OperationKind.AllGather)
        {
            foreach (long offset in operation.Offsets) hash = unchecked((hash * 1_000_003) + offset);
        }
        return new OperationHeader
        {
            Mark = BeginMark,
            Generation = generation,
            Sequence = operation.Sequence,
            Count = operation.Count,
            PartsHash = hash,
            Kind = operation.Kind,
            Type = operation.Type,
            Reduce = operation.Reduce,
            Root = operation.Root,
        };
    }

    /// <summary>What is wrong with a header that came instead of this one.</summary>
    public readonly string Complain(in OperationHeader other)
    {
        if (other.Mark is not (BeginMark or EndMark) || other.Mark != Mark || other.Generation != Generation)
            return $"sent garbage where operation {Sequence} {(Mark == BeginMark ? "begins" : "ends")} (mark {other.Mark:X16})";
        string theirs = Operation.Describe(other.Sequence, other.Kind, other.Count, other.Type);
        string mine = Operation.Describe(Sequence, Kind, Count, Type);
        if (theirs != mine) return $"does {theirs} where this rank does {mine}";
        return $"does {theirs} with another reduction, root or parts than this rank";
    }
}
