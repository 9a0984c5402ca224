using System.Net;
using System.Net.Sockets;
using MammutScale.Cli.Output;

namespace MammutScale.Cli.Cluster;

/// <summary>Ports on the loopback address.</summary>
internal static class Ports
{
    private const int FirstOwn = 15_000;
    private const int LeastRoom = 1_000;

    /// <summary>The port asked for, or an error that names it when something listens there.</summary>
    public static int Require(int port, string option)
    {
        if (port is < 1 or > 65535) throw new UserException($"{option} must be between 1 and 65535, found {port}.");
        return IsFree(port) ? port : throw new UserException($"Port {port} is in use by another program; choose another one with {option}.");
    }

    /// <summary>The first free port from <paramref name="first"/> on.</summary>
    public static int FirstFree(int first)
    {
        for (int port = first; port < first + 100; port++)
        {
            if (IsFree(port)) return port;
        }

        return Free(1)[0];
    }

    /// <summary>
    /// Different ports that are free now. They lie below those that the system serves outgoing connections from, where there is
    /// room: a process that is started again finds its port as it left it.
    /// </summary>
    public static int[] Free(int count)
    {
        int room = FirstOutgoing() - FirstOwn;
        if (room < LeastRoom) return FromTheSystem(count);
        // commands that start at one moment begin at different places
        int begin = Environment.ProcessId * 16 % room;
        int[] ports = [.. Enumerable.Range(begin, room).Select(i => FirstOwn + (i % room)).Where(IsFree).Take(count)];
        return ports.Length == count ? ports : FromTheSystem(count);
    }

    private static int FirstOutgoing()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
        return File.Exists(Range) && int.TryParse(File.ReadAllText(Range).Split('\t', ' ')[0], out int first) ? first : 0;
    }

    private static int[] FromTheSystem(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }

    /// <summary>Nothing listens there now.</summary>
    public static bool IsFree(int port)
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
