using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MammutScale.Collectives.Native;

/// <summary>What a sleeper wants to be woken for.</summary>
internal enum Alertness
{
    Awake,
    EndOnly,
    WorkOrEnd,
}

/// <summary>
/// An event descriptor: any thread rings it, one thread polls it together with its sockets. Ringing costs a system call only
/// while the other thread sleeps.
/// </summary>
internal sealed unsafe class WakeUp : IDisposable
{
    private const int NonBlockingCloseOnExec = 0x80800;

    private readonly Lock _gate = new();
    private int _descriptor;
    private int _alertness;

    public WakeUp()
    {
        _descriptor = Libc.EventDescriptor(0, NonBlockingCloseOnExec);
        if (_descriptor < 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public int Descriptor => _descriptor;

    /// <summary>Before the sleeper looks a last time whether there is something to do, and then sleeps.</summary>
    public void Arm(Alertness alertness) => Interlocked.Exchange(ref _alertness, (int)alertness);

    /// <summary>The sleeper is awake.</summary>
    public void Disarm() => Volatile.Write(ref _alertness, (int)Alertness.Awake);

    /// <summary>After there is something to do: work, or the end.</summary>
    public void Ring(Alertness reason)
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _alertness) < (int)reason) return;
        lock (_gate)
        {
            if (_descriptor < 0) return;
            ulong one = 1;
            _ = Libc.Write(_descriptor, &one, 8);
        }
    }

    public void Clear()
    {
        ulong count;
        _ = Libc.Read(_descriptor, &count, 8);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_descriptor >= 0) _ = Libc.Close(_descriptor);
            _descriptor = -1;
        }
    }
}
