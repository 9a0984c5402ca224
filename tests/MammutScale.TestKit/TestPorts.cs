using System.Net;
using System.Net.Sockets;

namespace MammutScale.TestKit;

/// <summary>
/// Ports of 127.0.0.1 for servers that are told their port, or come back on it. They lie below the range from which the system
/// serves outgoing connections: whatever else connects meanwhile cannot take them. No two calls in a process give the same.
/// </summary>
public static class TestPorts
{
    private const int First = 15_000;
    private const int Count = 17_000;
    private const int OfAProcess = 128;
    private static int _taken = Environment.ProcessId * OfAProcess % Count;

    public static int[] Take(int count)
    {
        var ports = new List<int>();
        while (ports.Count < count)
        {
            int port = First + (Interlocked.Increment(ref _taken) % Count);
            if (IsFree(port)) ports.Add(port);
        }

        return [.. ports];
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
