using System.Globalization;
using MammutScale.Contracts;
using MammutScale.Processes;
using MammutScale.Training.Devices;
using MammutScale.Worker.Cluster;

namespace MammutScale.Worker.Hosting;

/// <summary>How one worker process runs.</summary>
public sealed record WorkerOptions
{
    private static readonly string[] Names = ["coordinator", "run", "worker-id", "listen", "listen-port", "parent-pid", "threads", "device", "cluster-id"];

    /// <summary>The coordinator's gateway, host:port.</summary>
    public string Coordinator { get; init; } = $"127.0.0.1:{ClusterNames.DefaultGatewayPort}";

    public required string Run { get; init; }

    /// <summary>Stays the same when the process is started again in the same place.</summary>
    public string WorkerId { get; init; } = $"{Environment.MachineName.ToLowerInvariant()}-{Environment.ProcessId}";

    /// <summary>Network interface, address or network that the collectives use; null: all, the first that is no loopback is announced.</summary>
    public string? Listen { get; init; }

    /// <summary>Port of the collectives; 0: any free one.</summary>
    public int ListenPort { get; init; }

    /// <summary>End when this process ends.</summary>
    public int? ParentPid { get; init; }

    /// <summary>Threads that torch computes with; null: torch decides.</summary>
    public int? Threads { get; init; }

    /// <summary>What to train on.</summary>
    public DeviceChoice Device { get; init; } = DeviceChoice.Auto;

    public string ClusterId { get; init; } = ClusterNames.ClusterId;

    internal CoordinatorAddress Address
    {
        get
        {
            var colon = Coordinator.LastIndexOf(':');
            return new(Coordinator[..colon].Trim('[', ']'), int.Parse(Coordinator.AsSpan(colon + 1), CultureInfo.InvariantCulture), ClusterId, Run);
        }
    }

    /// <exception cref="WorkerException">Some option is wrong; all faults are told.</exception>
    public static WorkerOptions FromArgs(IReadOnlyList<string> args)
    {
        var given = new ProcessArguments(args, Names);
        var options = new WorkerOptions { Run = given.Text("run") ?? "" };
        var deviceFault = "";
        options = options with
        {
            Coordinator = given.Text("coordinator") ?? options.Coordinator,
            WorkerId = given.Text("worker-id") ?? options.WorkerId,
            Listen = given.Text("listen"),
            ListenPort = given.Number("listen-port", 0, 65535) ?? 0,
            ParentPid = given.Number("parent-pid", 1, int.MaxValue),
            Threads = given.Number("threads", 1, 1024),
            Device = given.Text("device") is { } device ? DeviceChoice.TryParse(device, out deviceFault) ?? DeviceChoice.Auto : DeviceChoice.Auto,
            ClusterId = given.Text("cluster-id") ?? options.ClusterId,
        };
        options.Validate(deviceFault.Length > 0 ? [.. given.Faults, $"--device: {deviceFault}"] : given.Faults);
        return options;
    }

    internal void Validate(IEnumerable<string>? before = null)
    {
        List<string> faults = [.. before ?? []];
        if (string.IsNullOrWhiteSpace(Run)) faults.Add("--run is missing: give the id of the run to work on");
        if (string.IsNullOrWhiteSpace(WorkerId)) faults.Add("--worker-id is empty");
        var colon = Coordinator.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(Coordinator.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
            faults.Add($"--coordinator is '{Coordinator}', host:port of a coordinator's gateway is needed");
        if (faults.Count > 0) throw new WorkerException($"The worker cannot start: {string.Join("; ", faults)}.");
    }
}
