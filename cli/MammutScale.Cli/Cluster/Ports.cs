using System.Net;
using System.Net.Sockets;
using MammutScale.Cli.Output;

namespace MammutScale.Cli.Cluster;

/// <summary>Ports on the loopback address.</summary>
internal static class Ports
{
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

    /// <summary>Different ports that are free now, chosen by the system.</summary>
    public static int[] Free(int count)
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
