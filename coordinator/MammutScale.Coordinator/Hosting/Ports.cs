using System.Net;
using System.Net.Sockets;

namespace MammutScale.Coordinator.Hosting;

/// <summary>Names the port that is taken, before a stack of layers says less.</summary>
internal static class Ports
{
    public static void Check(CoordinatorOptions options)
    {
        foreach (var (what, flag, port) in new[]
        {
            ("silo", "silo-port", options.SiloPort), ("gateway", "gateway-port", options.GatewayPort), ("http", "http-port", options.HttpPort),
        })
        {
            using var probe = new TcpListener(options.ListenAddress(), port);
            try
            {
                probe.Start();
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                throw new CoordinatorException($"Port {port} ({what}) is in use on {options.Listen}: another coordinator may be running; choose another with --{flag}.", e);
            }
            catch (SocketException e)
            {
                throw new CoordinatorException($"Cannot listen on {new IPEndPoint(options.ListenAddress(), port)} ({what}): {e.Message}.", e);
            }
        }
    }
}
