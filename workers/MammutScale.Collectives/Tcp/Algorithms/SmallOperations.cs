using System.Diagnostics;
using System.Runtime.InteropServices;
using MammutScale.Collectives.Operations;
using MammutScale.Collectives.Reduction;
using MammutScale.Collectives.Tcp.Peers;

namespace MammutScale.Collectives.Tcp.Algorithms;

/// <summary>
/// Operations whose cost is latency: log2(world) exchanges instead of a trip round the ring. All of them only need the peers at
/// distances 1, 2, 4, … All ranks end with the same bits, because a + b equals b + a in every exchange of a pair.
/// </summary>
internal sealed unsafe class SmallOperations(Mesh mesh, int rank, int world, long generation) : IDisposable
{
    private readonly MessageExchange _exchange = new(mesh);
    private readonly byte* _scratch = (byte*)NativeMemory.AlignedAlloc(MessageExchange.Capacity, 64);

    /// <summary>Whether the operation is better done here than by the ring.</summary>
    public static bool Suits(Operation operation) =>
        operation.Kind == OperationKind.Barrier || operation.Count * operation.Type.Size() <= MessageExchange.Capacity;

    public void Run(Operation operation)
    {
        _exchange.Begin(operation, generation);
        switch (operation.Kind)
        {
            case OperationKind.AllReduce:
                CombineEverywhere((byte*)operation.Input.Address, operation);
                break;
            case OperationKind.ReduceScatter:
                Buffer.MemoryCopy((void*)operation.Input.Address, _scratch, MessageExchange.Capacity, operation.Input.Bytes);
                CombineEverywhere(_scratch, operation);
                Buffer.MemoryCopy(_scratch + (operation.Offsets[rank] * operation.Type.Size()), (void*)operation.Output.Address, operation.Output.Bytes, operation.Output.Bytes);
                break;
            case OperationKind.AllGather:
                byte* place = (byte*)operation.Output.Address + (operation.Offsets[rank] * operation.Type.Size());
                Buffer.MemoryCopy((void*)operation.Input.Address, place, operation.Input.Bytes, operation.Input.Bytes);
                GatherEverywhere(operation);
                break;
            case OperationKind.Barrier:
                GatherEverywhere(operation);
                break;
            case OperationKind.Broadcast:
                SendDownTree(operation);
                break;
            default:
                throw new UnreachableException($"{operation.Kind}");
        }
    }

    public void Dispose()
    {
        _exchange.Dispose();
        NativeMemory.AlignedFree(_scratch);
    }

    /// <summary>Recursive doubling; ranks beyond the largest power of two hand their values in first and get the result last.</summary>
    private void CombineEverywhere(byte* values, Operation operation)
    {
        int even = 1;
        while (even * 2 <= world) even *= 2;
        int beyond = world - even;
        if (rank >= even)
        {
            Trade(values, operation, to: rank - even, from: -1);
            Trade(values, operation, to: -1, from: rank - even, store: true);
            return;
        }
        if (rank < beyond) Trade(values, operation, to: -1, from: rank + even);
        for (int distance = 1; distance < even; distance *= 2) Trade(values, operation, to: rank ^ distance, from: rank ^ distance);
        if (rank < beyond) Trade(values, operation, to: rank + even, from: -1);
    }

    private void Trade(byte* values, Operation operation, int to, int from, bool store = false)
    {
        long bytes = operation.Input.Bytes;
        if (to >= 0) Buffer.MemoryCopy(values, _exchange.Outgoing, MessageExchange.Capacity, bytes);
        _exchange.Run(to, bytes, from, bytes);
        if (from < 0) return;
        if (store) Buffer.MemoryCopy(_exchange.Incoming, values, bytes, bytes);
        else Reducer.Combine(values, values, _exchange.Incoming, operation.Input.Count, operation.Type, operation.Reduce);
    }

    /// <summary>Every exchange doubles the run of parts, from this rank's own on, that is here. Without parts it is a barrier.</summary>
    private void GatherEverywhere(Operation operation)
    {
        for (int have = 1; have < world; have *= 2)
        {
            int parts = Math.Min(have, world - have);
            int to = (rank - have + world) % world, from = (rank + have) % world;
            long outgoing = Move(operation, rank, parts, _exchange.Outgoing, pack: true);
            _exchange.Run(to, outgoing, from, Size(operation, from, parts));
            Move(operation, from, parts, _exchange.Incoming, pack: false);
        }
    }

    /// <summary>Copies a run of parts, which may go on at rank 0, between the output and a message.</summary>
    private long Move(Operation operation, int first, int parts, byte* message, bool pack)
    {
        int beforeEnd = Math.Min(parts, world - first);
        long moved = MoveSpan(operation, first, first + beforeEnd, message, pack);
        return moved + MoveSpan(operation, 0, parts - beforeEnd, message + moved, pack);
    }

    private static long MoveSpan(Operation operation, int begin, int end, byte* message, bool pack)
    {
        int size = operation.Type.Size();
        byte* place = (byte*)operation.Output.Address + (operation.Offsets[begin] * size);
        long bytes = (operation.Offsets[end] - operation.Offsets[begin]) * size;
        Buffer.MemoryCopy(pack ? place : message, pack ? message : place, bytes, bytes);
        return bytes;
    }

    private long Size(Operation operation, int first, int parts)
    {
        int beforeEnd = Math.Min(parts, world - first);
        return (operation.Offsets[first + beforeEnd] - operation.Offsets[first] + operation.Offsets[parts - beforeEnd]) * operation.Type.Size();
    }

    /// <summary>A binomial tree that grows from the root.</summary>
    private void SendDownTree(Operation operation)
    {
        long bytes = operation.Input.Bytes;
        int place = (rank - operation.Root + world) % world;
        int distance = 1;
        while (distance < world && (place & distance) == 0) distance *= 2;
        if (place == 0) Buffer.MemoryCopy((void*)operation.Input.Address, _exchange.Outgoing, MessageExchange.Capacity, bytes);
        else
        {
            _exchange.Run(to: -1, 0, from: (rank - distance + world) % world, bytes);
            Buffer.MemoryCopy(_exchange.Incoming, (void*)operation.Output.Address, bytes, bytes);
            Buffer.MemoryCopy(_exchange.Incoming, _exchange.Outgoing, MessageExchange.Capacity, bytes);
        }
        for (distance /= 2; distance >= 1; distance /= 2)
        {
            if (place + distance < world) _exchange.Run(to: (rank + distance) % world, bytes, from: -1, 0);
        }
    }
}
