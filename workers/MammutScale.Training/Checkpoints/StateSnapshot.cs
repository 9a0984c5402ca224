using MammutScale.Training.Devices;
using MammutScale.Training.Optimizers;
using MammutScale.Training.Parameters;
using static TorchSharp.torch;

namespace MammutScale.Training.Checkpoints;

/// <summary>One rank's part of the flat state, copied out of the way of training. Its memory is kept from one checkpoint to the next.</summary>
internal sealed unsafe class StateSnapshot(TrainingDevice device) : IDisposable
{
    private const long CopyChunk = 1 << 20;
    private Tensor? _memory;
    private byte* _start;

    private readonly record struct Piece(Tensor Buffer, long From, long To, long Count);

    public static IReadOnlyList<string> BufferNames(bool ema) => ema ? ["weights", "first", "second", "ema"] : ["weights", "first", "second"];

    /// <summary>Copies what <paramref name="layout"/> lists; returns when the copy is whole.</summary>
    /// <param name="layout">Where the bytes go.</param>
    /// <param name="shards">The ranges that this rank saves.</param>
    /// <param name="state">The weights.</param>
    /// <param name="optimizer">Moments and running mean.</param>
    /// <param name="threads">How many threads may copy.</param>
    public void Take(PartLayout layout, ShardMap shards, FlatState state, FlatAdamW optimizer, int threads)
    {
        Reserve(layout.DataBytes / sizeof(float));
        var pieces = Pieces(shards, state, optimizer);
        if (device.IsHost) CopyMemory(pieces, threads);
        else CopyTensors(pieces);
    }

    /// <summary>Bytes of the copy; valid until the next <see cref="Take"/>.</summary>
    public ReadOnlySpan<byte> Bytes(long offset, int count) => new(_start + offset, count);

    public void Dispose()
    {
        _memory?.Dispose();
        _memory = null;
        _start = null;
    }

    private static List<Piece> Pieces(ShardMap shards, FlatState state, FlatAdamW optimizer)
    {
        var pieces = new List<Piece>();
        long at = 0;
        void Add(Tensor buffer, ShardMap? compact)
        {
            foreach (var range in shards.Owned)
            {
                pieces.Add(new Piece(buffer, compact?.LocalOf(range.Offset) ?? range.Offset, at, range.Length));
                at += range.Length;
            }
        }

        Add(state.Weights, compact: null);
        Add(optimizer.First, optimizer.Shards);
        Add(optimizer.Second, optimizer.Shards);
        if (optimizer.Ema is { } ema) Add(ema, optimizer.Shards);
        return pieces;
    }

    private void CopyMemory(List<Piece> pieces, int threads)
    {
        var copies = new List<(nint From, long To, long Bytes)>();
        foreach (var piece in pieces)
        {
            var from = TensorMemory.Address(piece.Buffer) + (nint)(piece.From * sizeof(float));
            for (long part = 0; part < piece.Count; part += CopyChunk)
                copies.Add((from + (nint)(part * sizeof(float)), (piece.To + part) * sizeof(float), Math.Min(CopyChunk, piece.Count - part) * sizeof(float)));
        }

        Parallel.ForEach(copies, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads) },
            c => Buffer.MemoryCopy((void*)c.From, _start + c.To, c.Bytes, c.Bytes));
    }

    private void CopyTensors(List<Piece> pieces)
    {
        using var noGrad = no_grad();
        foreach (var piece in pieces)
        {
            using var scope = NewDisposeScope();
            _memory!.narrow(0, piece.To, piece.Count).copy_(piece.Buffer.narrow(0, piece.From, piece.Count), nonBlocking: true);
        }

        device.Synchronize();
    }

    private void Reserve(long elements)
    {
        if (_memory is { } memory && memory.numel() >= elements) return;
        _memory?.Dispose();
        _memory = device.HostBuffer(elements);
        _start = (byte*)TensorMemory.Address(_memory);
    }
}
