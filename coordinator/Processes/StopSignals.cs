using System.Runtime.InteropServices;

namespace MammutScale.Processes;

/// <summary>
/// SIGTERM asks this process to stop. SIGINT does too, unless a parent looks after it: Ctrl-C reaches every process of a
/// terminal, and then it is the parent that says in which order they stop.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration _terminate, _interrupt;

    public StopSignals(bool hasParent, CancellationToken outer)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(outer);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, true));
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, !hasParent));
    }

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
        _stop.Dispose();
    }

    private void Stop(PosixSignalContext signal, bool stops)
    {
        signal.Cancel = true;
        if (stops) _stop.Cancel();
    }
}
