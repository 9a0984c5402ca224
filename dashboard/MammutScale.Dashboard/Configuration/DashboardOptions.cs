using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace MammutScale.Dashboard.Configuration;

/// <summary>
/// Settings of one dashboard process. Each key is a flag (<c>--port 8080</c>), an environment variable
/// (<c>MAMMUT_DASHBOARD_PORT</c>) or an entry of <c>appsettings.json</c>; the flag wins.
/// </summary>
public sealed record DashboardOptions
{
    /// <summary>Host and gateway port of the coordinator.</summary>
    public string CoordinatorAddress { get; init; } = "127.0.0.1";

    public int CoordinatorPort { get; init; } = 30000;

    /// <summary>Port of the page; 0 takes a free one.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Address that the page listens on; loopback unless asked otherwise.</summary>
    public IPAddress Bind { get; init; } = IPAddress.Loopback;

    /// <summary>Exit when this process is gone.</summary>
    public int? ParentPid { get; init; }

    /// <summary>What a person must know to pause, resume, stop or take a checkpoint. Without it the page is read-only.</summary>
    public string? Token { get; init; }

    public string ClusterId { get; init; } = "mammutscale";

    public string ServiceId { get; init; } = "mammutscale";

    private static readonly string[] Keys = ["coordinator", "port", "bind", "parent-pid", "token", "cluster-id", "service-id"];

    /// <exception cref="DashboardException">A key is unknown or a value does not fit: says all that is wrong.</exception>
    public static DashboardOptions FromArgs(IReadOnlyList<string> args)
    {
        var values = Read(args);
        var defaults = new DashboardOptions();
        var faults = new List<string>();
        var (host, gateway) = (defaults.CoordinatorAddress, defaults.CoordinatorPort);
        if (values.TryGetValue("coordinator", out string? coordinator) && !TryEndpoint(coordinator, ref host, ref gateway))
            faults.Add($"--coordinator is '{coordinator}', expected host:port such as 127.0.0.1:30000.");
        int Number(string key, int fallback, int least, int most)
        {
            if (!values.TryGetValue(key, out string? text)) return fallback;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n >= least && n <= most) return n;
            faults.Add($"--{key} is '{text}', expected a whole number from {least} to {most}.");
            return fallback;
        }
        int port = Number("port", defaults.Port, 0, 65535);
        int parent = Number("parent-pid", 0, 1, int.MaxValue);
        var bind = defaults.Bind;
        if (values.TryGetValue("bind", out string? address))
        {
            if (address == "localhost") bind = IPAddress.Loopback;
            else if (IPAddress.TryParse(address, out var parsed)) bind = parsed;
            else faults.Add($"--bind is '{address}', expected an IP address such as 127.0.0.1 or 0.0.0.0.");
        }
        if (faults.Count > 0) throw new DashboardException(string.Join(" ", faults));
        return new DashboardOptions
        {
            CoordinatorAddress = host,
            CoordinatorPort = gateway,
            Port = port,
            Bind = bind,
            ParentPid = parent == 0 ? null : parent,
            Token = values.GetValueOrDefault("token"),
            ClusterId = values.GetValueOrDefault("cluster-id", defaults.ClusterId),
            ServiceId = values.GetValueOrDefault("service-id", defaults.ServiceId),
        };
    }

    private static Dictionary<string, string> Read(IReadOnlyList<string> args)
    {
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i].TrimStart('-').Split('=')[0];
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || !Keys.Contains(name))
                throw new DashboardException($"'{args[i]}' is not an option of the dashboard; the options are --{string.Join(", --", Keys)}.");
            if (args[i].Contains('=')) continue;
            if (++i >= args.Count) throw new DashboardException($"--{name} needs a value.");
        }
        var configuration = new ConfigurationBuilder()
            .SetBasePath(AppContext.BaseDirectory)
            .AddJsonFile("appsettings.json", optional: true)
            .AddEnvironmentVariables("MAMMUT_DASHBOARD_")
            .AddCommandLine([.. args])
            .Build();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string key in Keys)
        {
            string? value = configuration[key] ?? configuration[key.Replace('-', '_')] ?? configuration[$"Dashboard:{key}"];
            if (!string.IsNullOrEmpty(value)) values[key] = value;
        }
        return values;
    }

    private static bool TryEndpoint(string text, ref string host, ref int port)
    {
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int parsed)) return false;
        if (parsed is < 1 or > 65535) return false;
        (host, port) = (text[..colon].Trim('[', ']'), parsed);
        return true;
    }
}
