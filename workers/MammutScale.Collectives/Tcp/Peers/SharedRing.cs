namespace MammutScale.Collectives.Tcp.Peers;

/// <summary>
/// A byte queue in memory that two processes share: one writes, one reads. Positions only grow; each side owns one of them and
/// says on a cache line of its own when it sleeps. What the other side writes is checked, since it may be broken.
/// </summary>
internal readonly unsafe struct SharedRing(byte* memory, long capacity)
{
    /// <summary>Bytes in front of the data.</summary>
    public const int ControlBytes = 256;

    private readonly byte* _data = memory + ControlBytes;

    private long* Tail => (long*)memory;

    private long* Head => (long*)(memory + 64);

    private int* ReaderSleeps => (int*)(memory + 128);

    private int* WriterSleeps => (int*)(memory + 192);

    public long Readable => Checked(Volatile.Read(ref *Tail) - *Head);

    public long Writable => capacity - Checked(*Tail - Volatile.Read(ref *Head));

    /// <summary>The next readable bytes that lie together.</summary>
    public byte* ReadPlace(ref long bytes) => Place(*Head, ref bytes);

    /// <summary>The next writable bytes that lie together.</summary>
    public byte* WritePlace(ref long bytes) => Place(*Tail, ref bytes);

    /// <summary>Copies the next bytes, which may lie across the end.</summary>
    public void Peek(byte* destination, long bytes)
    {
        for (long i = 0; i < bytes; i++) destination[i] = _data[(*Head + i) % capacity];
    }

    /// <returns>Whether the writer sleeps and must be woken.</returns>
    public bool HaveRead(long bytes)
    {
        Volatile.Write(ref *Head, *Head + bytes);
        return Wakes(WriterSleeps);
    }

    /// <returns>Whether the reader sleeps and must be woken.</returns>
    public bool HaveWritten(long bytes)
    {
        Volatile.Write(ref *Tail, *Tail + bytes);
        return Wakes(ReaderSleeps);
    }

    public void SleepAsReader() => Interlocked.Exchange(ref *ReaderSleeps, 1);

    public void SleepAsWriter() => Interlocked.Exchange(ref *WriterSleeps, 1);

    private static bool Wakes(int* sleeper)
    {
        // the other side sets its flag and then looks at the position; the barrier keeps this the other way round
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref *sleeper) != 0 && Interlocked.Exchange(ref *sleeper, 0) != 0;
    }

    private byte* Place(long position, ref long bytes)
    {
        long offset = position % capacity;
        bytes = Math.Min(bytes, capacity - offset);
        return _data + offset;
    }

    private long Checked(long held) =>
        held >= 0 && held <= capacity ? held : throw new InvalidDataException($"wrote garbage into shared memory ({held} bytes of {capacity})");
}
