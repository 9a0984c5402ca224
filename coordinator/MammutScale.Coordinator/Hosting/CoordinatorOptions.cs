using System.Net;
using MammutScale.Contracts;
using MammutScale.Processes;

namespace MammutScale.Coordinator.Hosting;

/// <summary>How one coordinator process runs.</summary>
public sealed record CoordinatorOptions
{
    private static readonly string[] Names = ["silo-port", "gateway-port", "http-port", "listen", "advertise", "store", "parent-pid", "cluster-id", "heartbeat-seconds"];

    /// <summary>Silos talk to each other here.</summary>
    public int SiloPort { get; init; } = ClusterNames.DefaultSiloPort;

    /// <summary>Workers, dashboards and commands connect here.</summary>
    public int GatewayPort { get; init; } = ClusterNames.DefaultGatewayPort;

    /// <summary>/healthz and /metrics.</summary>
    public int HttpPort { get; init; } = ClusterNames.DefaultHttpPort;

    /// <summary>Address to listen on: the loopback address, one of this machine, or 0.0.0.0 for all.</summary>
    public string Listen { get; init; } = "127.0.0.1";

    /// <summary>Address that others reach this machine by; needed when it listens on all.</summary>
    public string? Advertise { get; init; }

    /// <summary>Folder or az:// address of run state and history.</summary>
    public required string Store { get; init; }

    /// <summary>End when this process ends.</summary>
    public int? ParentPid { get; init; }

    public string ClusterId { get; init; } = ClusterNames.ClusterId;

    /// <summary>Silence after which a worker is lost.</summary>
    public double HeartbeatSeconds { get; init; } = 2.5;

    /// <exception cref="CoordinatorException">Some option is wrong; all faults are told.</exception>
    public static CoordinatorOptions FromArgs(IReadOnlyList<string> args)
    {
        var given = new ProcessArguments(args, Names);
        var options = new CoordinatorOptions
        {
            SiloPort = given.Number("silo-port", 1, 65535) ?? ClusterNames.DefaultSiloPort,
            GatewayPort = given.Number("gateway-port", 1, 65535) ?? ClusterNames.DefaultGatewayPort,
            HttpPort = given.Number("http-port", 1, 65535) ?? ClusterNames.DefaultHttpPort,
            Listen = given.Text("listen") ?? "127.0.0.1",
            Advertise = given.Text("advertise"),
            Store = given.Text("store") ?? "",
            ParentPid = given.Number("parent-pid", 1, int.MaxValue),
            ClusterId = given.Text("cluster-id") ?? ClusterNames.ClusterId,
            HeartbeatSeconds = given.Seconds("heartbeat-seconds", 0.5, 600) ?? 2.5,
        };
        options.Validate(given.Faults);
        return options;
    }

    /// <summary>The address that goes into the membership.</summary>
    internal IPAddress Address() => IPAddress.Parse(Advertise ?? Listen);

    internal IPAddress ListenAddress() => IPAddress.Parse(Listen);

    /// <exception cref="CoordinatorException">Something does not hold; all faults are told.</exception>
    internal void Validate(IEnumerable<string>? before = null)
    {
        List<string> faults = [.. before ?? []];
        if (string.IsNullOrWhiteSpace(Store)) faults.Add("--store is missing: give a folder or az://container/prefix for run state");
        if (!IPAddress.TryParse(Listen, out var listen)) faults.Add($"--listen is '{Listen}', an IP address is needed");
        else if (Advertise is null && listen.Equals(IPAddress.Any)) faults.Add("--listen 0.0.0.0 needs --advertise with the IP address that others reach this machine by");
        if (Advertise is not null && !IPAddress.TryParse(Advertise, out _)) faults.Add($"--advertise is '{Advertise}', an IP address is needed");
        foreach (var same in new[] { ("silo", SiloPort), ("gateway", GatewayPort), ("http", HttpPort) }.GroupBy(p => p.Item2).Where(g => g.Count() > 1))
            faults.Add($"port {same.Key} is given for {string.Join(" and ", same.Select(p => p.Item1))}: each needs its own");
        if (faults.Count > 0) throw new CoordinatorException($"The coordinator cannot start: {string.Join("; ", faults)}.");
    }
}
