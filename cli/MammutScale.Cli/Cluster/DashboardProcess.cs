using System.Security.Cryptography;
using MammutScale.Cli.Output;

namespace MammutScale.Cli.Cluster;

/// <summary>
/// The dashboard of a local cluster. Where its port was not chosen by hand, it moves on when another program took it. Whoever
/// sees the address may steer the run: the address carries the token, which only this process and the dashboard know.
/// </summary>
internal sealed class DashboardProcess : IAsyncDisposable
{
    private const int FirstPort = 8080;
    private const string TokenVariable = "MAMMUT_DASHBOARD_TOKEN";
    private static readonly bool OwnToken = string.IsNullOrEmpty(Environment.GetEnvironmentVariable(TokenVariable));
    private readonly string _token = OwnToken ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)) : "";
    private readonly KeptProcess _process;
    private readonly Report _report;
    private int _port;

    /// <param name="coordinator">host:port of the gateway.</param>
    /// <param name="port">Null takes the first free one.</param>
    /// <param name="log">Its log file.</param>
    /// <param name="report">Told the address before anything is started, and again when it changes.</param>
    public DashboardProcess(string coordinator, int? port, string log, Report report)
    {
        _report = report;
        if (port is { } chosen) Move(chosen);
        _process = new KeptProcess(() =>
        {
            if (port is null && (_port == 0 || !Ports.IsFree(_port))) Move(Ports.FirstFree(FirstPort));
            return ChildProcess.Start("dashboard", log, ["dashboard", "--coordinator", coordinator, "--port", $"{_port}"], OwnToken ? new Dictionary<string, string> { [TokenVariable] = _token } : null);
        }, report);
    }

    /// <summary>Address with the token that steering needs; without it where the person chose the token.</summary>
    public string Page => $"http://127.0.0.1:{_port}/{(OwnToken ? $"#token={_token}" : "")}";

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private void Move(int port)
    {
        _port = port;
        _report.Line($"Dashboard: {Page}");
    }
}
