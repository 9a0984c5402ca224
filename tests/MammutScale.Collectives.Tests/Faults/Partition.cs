using System.Diagnostics;

namespace MammutScale.Collectives.Tests.Faults;

/// <summary>Hosts with addresses of their own: network namespaces on a bridge. Needs root and iproute2.</summary>
internal sealed class Partition : IDisposable
{
    private readonly string _name = $"mc{Environment.ProcessId % 100_000}";
    private readonly int _hosts;
    private readonly bool _ipv6;

    public Partition(int hosts, bool ipv6)
    {
        (_hosts, _ipv6) = (hosts, ipv6);
        Ip($"link add {_name} type bridge");
        Ip($"link set {_name} up");
        for (int host = 0; host < hosts; host++)
        {
            Ip($"netns add {Space(host)}");
            Ip($"link add {Cable(host)} type veth peer name eth0 netns {Space(host)}");
            Ip($"link set {Cable(host)} master {_name} up");
            Ip($"-n {Space(host)} addr add {Address(host)}/{(ipv6 ? "64 nodad" : "24")} dev eth0");
            Ip($"-n {Space(host)} link set eth0 up");
            Ip($"-n {Space(host)} link set lo up");
        }
    }

    /// <summary>Why there can be no partition here; null when there can.</summary>
    public static string? Obstacle()
    {
        if (Environment.UserName != "root") return "network namespaces need root";
        try
        {
            using var probe = new Partition(0, ipv6: false);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"network namespaces are not possible here: {e.Message}";
        }
    }

    public string Address(int host) => _ipv6 ? $"fd77::{host + 1}" : $"10.77.0.{host + 1}";

    public string[] Prefix(int host) => ["ip", "netns", "exec", Space(host)];

    /// <summary>Pulls a host's cable: nothing is closed, nothing arrives.</summary>
    public void Unplug(int host) => Ip($"link set {Cable(host)} down");

    public void Dispose()
    {
        for (int host = 0; host < _hosts; host++)
        {
            TryIp($"netns del {Space(host)}");
            TryIp($"link del {Cable(host)}");
        }
        TryIp($"link del {_name}");
    }

    private string Space(int host) => $"{_name}h{host}";

    private string Cable(int host) => $"{_name}c{host}";

    private static void TryIp(string arguments)
    {
        try
        {
            Ip(arguments);
        }
        catch (InvalidOperationException)
        {
            // it may be gone already
        }
    }

    private static void Ip(string arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        string trouble = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        if (ip.ExitCode != 0) throw new InvalidOperationException($"ip {arguments}: {trouble.Trim()}");
    }
}
