using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MammutScale.Collectives.Native;

namespace MammutScale.Collectives.Tcp.Peers;

/// <summary>
/// Memory shared by two processes: an anonymous file without a name in any folder, so nothing is left behind however they end.
/// The second process opens it through the first one's /proc entry, and only if the name holds the nonce that it was told.
/// </summary>
internal sealed unsafe class SharedSegment : IDisposable
{
    private const int ReadWrite = 3;
    private const int SharedPopulated = 0x8001;
    private const uint CloseOnExecAllowSealing = 3;
    private const int AddSeals = 1033;
    private const int GetSeals = 1034;
    private const int SealsSizeForGood = 1 | 2 | 4;
    private const int OpenReadWriteCloseOnExec = 0x80002;
    private const int SeekEnd = 2;

    private readonly long _bytes;
    private byte* _memory;
    private int _descriptor;
    private int _users = 1;

    private SharedSegment(int descriptor, byte* memory, long bytes)
    {
        _descriptor = descriptor;
        _memory = memory;
        _bytes = bytes;
    }

    public int Descriptor => _descriptor;

    /// <summary>Creates a segment; null where the kernel does not let us.</summary>
    public static SharedSegment? Create(UInt128 nonce, long bytes)
    {
        int descriptor = Libc.CreateMemory(Name(nonce), CloseOnExecAllowSealing);
        if (descriptor < 0) return null;
        // a file that could shrink would kill whoever touches the missing part
        if (Libc.SetLength(descriptor, bytes) == 0 && Libc.Control(descriptor, AddSeals, SealsSizeForGood) == 0 && Map(descriptor, bytes) is { } segment) return segment;
        _ = Libc.Close(descriptor);
        return null;
    }

    /// <summary>Opens another process's segment; null, with the reason, where that is not possible.</summary>
    public static SharedSegment? Open(int process, int descriptor, UInt128 nonce, long bytes, out string trouble)
    {
        string path = $"/proc/{process}/fd/{descriptor}";
        trouble = "it lives in another process namespace or under another user";
        // opening whatever another process namespace has under that number could do harm
        string? target = Target(path);
        if (target is null || !target.StartsWith($"/memfd:{Name(nonce)}", StringComparison.Ordinal)) return null;
        int own = Libc.Open(path, OpenReadWriteCloseOnExec);
        if (own < 0)
        {
            trouble = Libc.LastError();
            return null;
        }
        trouble = "its segment is not what was announced";
        if ((Libc.Control(own, GetSeals, 0) & SealsSizeForGood) == SealsSizeForGood && Libc.Seek(own, 0, SeekEnd) == bytes && Map(own, bytes) is { } segment) return segment;
        _ = Libc.Close(own);
        return null;
    }

    public static UInt128 NewNonce()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return MemoryMarshal.Read<UInt128>(bytes);
    }

    /// <summary>Bytes that a number of lanes need.</summary>
    public static long BytesFor(int lanes, long capacity) => 2 * lanes * (SharedRing.ControlBytes + capacity);

    /// <summary>The channels over this segment. They own it from now on.</summary>
    public Channel[] Channels(Peer peer, int lanes, long capacity, bool creator)
    {
        // mapped, it needs no descriptor any more
        _ = Libc.Close(_descriptor);
        _descriptor = -1;
        _users = lanes;
        var channels = new Channel[lanes];
        long stride = SharedRing.ControlBytes + capacity;
        for (int lane = 0; lane < lanes; lane++)
        {
            var first = new SharedRing(_memory + (2 * lane * stride), capacity);
            var second = new SharedRing(_memory + (((2 * lane) + 1) * stride), capacity);
            channels[lane] = creator ? new SharedMemoryChannel(peer, this, first, second) : new SharedMemoryChannel(peer, this, second, first);
        }
        return channels;
    }

    public void Dispose()
    {
        if (--_users > 0 || _memory is null) return;
        if (_descriptor >= 0) _ = Libc.Close(_descriptor);
        _ = Libc.Unmap((nint)_memory, (nuint)_bytes);
        _memory = null;
    }

    private static SharedSegment? Map(int descriptor, long bytes)
    {
        nint memory = Libc.Map(0, (nuint)bytes, ReadWrite, SharedPopulated, descriptor, 0);
        return memory == -1 ? null : new SharedSegment(descriptor, (byte*)memory, bytes);
    }

    private static string? Target(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Name(UInt128 nonce) => $"mammut-{nonce:x32}";
}
