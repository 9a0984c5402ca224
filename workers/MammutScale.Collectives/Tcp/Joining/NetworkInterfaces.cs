using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace MammutScale.Collectives.Tcp.Joining;

/// <summary>Finds the address that is meant by "eth1", "10.8.0.3" or "10.8.0.0/16".</summary>
internal static class NetworkInterfaces
{
    /// <exception cref="CollectiveException">There is no such address; the message lists those that there are.</exception>
    public static IPAddress Resolve(string? wanted)
    {
        if (IPAddress.TryParse(wanted, out var address)) return address;
        var all = All();
        if (wanted is null)
        {
            var usable = all.Where(a => !IPAddress.IsLoopback(a.Address) && !a.Address.IsIPv6LinkLocal).ToList();
            // IPv4 first: where both exist it is the one that is surely routed
            return usable.OrderBy(a => a.Address.AddressFamily == AddressFamily.InterNetworkV6).Select(a => a.Address).FirstOrDefault(IPAddress.Loopback);
        }
        var found = IPNetwork.TryParse(wanted, out var network)
            ? all.Where(a => network.Contains(a.Address))
            : all.Where(a => a.Name == wanted && !a.Address.IsIPv6LinkLocal).OrderBy(a => a.Address.AddressFamily == AddressFamily.InterNetworkV6);
        return found.Select(a => a.Address).FirstOrDefault()
            ?? throw new CollectiveException($"There is no network interface '{wanted}' here; there are {string.Join(", ", all.Select(a => $"{a.Name} {a.Address}"))}.");
    }

    private static List<(string Name, IPAddress Address)> All() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up || i.NetworkInterfaceType == NetworkInterfaceType.Loopback)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses.Select(a => (i.Name, a.Address))),
    ];
}
