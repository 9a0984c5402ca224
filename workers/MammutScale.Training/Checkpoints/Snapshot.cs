using System.Runtime.InteropServices;
using MammutScale.Training.Optimizers;
using MammutScale.Training.Parameters;
using TorchSharp;

namespace MammutScale.Training.Checkpoints;

/// <summary>One rank's part of the flat state, copied out of the way of training. Its memory is kept from one checkpoint to the next.</summary>
internal sealed unsafe class Snapshot : IDisposable
{
    private const long CopyChunk = 4 << 20;
    private byte* _memory;
    private long _capacity;

    public static IReadOnlyList<string> BufferNames(bool ema) => ema ? ["weights", "first", "second", "ema"] : ["weights", "first", "second"];

    /// <summary>Copies what <paramref name="layout"/> lists.</summary>
    /// <param name="layout">Where the bytes go.</param>
    /// <param name="shards">The ranges that this rank saves.</param>
    /// <param name="state">The weights.</param>
    /// <param name="optimizer">Moments and running mean.</param>
    /// <param name="threads">How many threads may copy.</param>
    public void Take(PartLayout layout, ShardMap shards, FlatState state, FlatAdamW optimizer, int threads)
    {
        Reserve(layout.DataBytes);
        long at = 0;
        var copies = new List<(nint From, long To, long Bytes)>();
        void Add(torch.Tensor buffer, ShardMap? compact)
        {
            var address = HostMemory.Address(buffer);
            foreach (var range in shards.Owned)
            {
                var bytes = range.Length * sizeof(float);
                var from = address + (nint)((compact?.LocalOf(range.Offset) ?? range.Offset) * sizeof(float));
                for (long part = 0; part < bytes; part += CopyChunk) copies.Add((from + (nint)part, at + part, Math.Min(CopyChunk, bytes - part)));
                at += bytes;
            }
        }

        Add(state.Weights, compact: null);
        Add(optimizer.First, optimizer.Shards);
        Add(optimizer.Second, optimizer.Shards);
        if (optimizer.Ema is { } ema) Add(ema, optimizer.Shards);
        Parallel.ForEach(copies, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads) },
            c => Buffer.MemoryCopy((void*)c.From, _memory + c.To, c.Bytes, c.Bytes));
    }

    /// <summary>Bytes of the copy; valid until the next <see cref="Take"/>.</summary>
    public ReadOnlySpan<byte> Bytes(long offset, int count) => new(_memory + offset, count);

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
        _capacity = 0;
    }

    private void Reserve(long bytes)
    {
        if (bytes <= _capacity) return;
        _memory = (byte*)NativeMemory.Realloc(_memory, (nuint)bytes);
        _capacity = bytes;
    }
}
