using System.Buffers;
using System.Collections.Concurrent;

namespace MammutScale.DataLoader.Pipeline.Stages;

/// <summary>Batch memory that goes round: pinned arrays of one length, so that a tensor can share them.</summary>
internal sealed class BatchBuffers<T>(int length) where T : unmanaged
{
    private readonly ConcurrentBag<T[]> _free = [];
    private int _lent;

    /// <summary>Buffers that nobody has given back.</summary>
    internal int Lent => Volatile.Read(ref _lent);

    internal IMemoryOwner<T> Rent()
    {
        Interlocked.Increment(ref _lent);
        return new Loan(this, _free.TryTake(out var array) ? array : GC.AllocateUninitializedArray<T>(length, pinned: true));
    }

    private sealed class Loan(BatchBuffers<T> owner, T[] array) : IMemoryOwner<T>
    {
        private T[]? _array = array;

        public Memory<T> Memory => _array ?? throw new ObjectDisposedException("Batch", "the batch was disposed: its memory is another batch's by now");

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is not { } array) return;
            Interlocked.Decrement(ref owner._lent);
            owner._free.Add(array);
        }
    }
}
