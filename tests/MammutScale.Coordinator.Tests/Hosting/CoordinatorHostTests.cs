using System.Net;
using System.Net.Sockets;
using MammutScale.Contracts;
using MammutScale.Coordinator.Hosting;
using MammutScale.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace MammutScale.Coordinator.Tests.Hosting;

public sealed class CoordinatorHostTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task SameClientGoesOn_WhenTheCoordinatorWasStartedAgainOnItsStore()
    {
        var ports = TestPorts.Take(3);
        var options = new CoordinatorOptions { SiloPort = ports[0], GatewayPort = ports[1], HttpPort = ports[2], Store = _folder.Path };
        var first = await CoordinatorHost.StartAsync(options, _cancellation);
        using var client = await ConnectAsync(ports[1]);
        var run = client.Services.GetRequiredService<IClusterClient>().GetGrain<IRunGrain>("tiny");
        await run.Submit(Make.Submission());
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ports[2]}") };
        (await http.GetStringAsync("/healthz", _cancellation)).ShouldBe("ok\n");
        await UntilAsync(async () => (await http.GetStringAsync("/metrics", _cancellation)).Contains("mammut_run_state{run=\"tiny\",state=\"queued\"} 1", StringComparison.Ordinal));
        await first.StopAsync(_cancellation);
        await first.DisposeAsync();

        await using var second = await CoordinatorHost.StartAsync(options, _cancellation);
        RunSnapshot? snapshot = null;
        await UntilAsync(async () =>
        {
            try
            {
                snapshot = await run.GetSnapshot();
                return true;
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or SocketException)
            {
                return false;
            }
        });
        snapshot.ShouldNotBeNull().Submission.ShouldBe(Make.Submission());
        await client.StopAsync(_cancellation);
        await second.StopAsync(_cancellation);
    }

    [Fact]
    public async Task OneSentenceNamesThePort_WhenItIsInUse()
    {
        var ports = TestPorts.Take(3);
        using var taken = new TcpListener(IPAddress.Loopback, ports[1]);
        taken.Start();
        var fault = await Should.ThrowAsync<CoordinatorException>(() => CoordinatorHost.RunAsync(new CoordinatorOptions { SiloPort = ports[0], GatewayPort = ports[1], HttpPort = ports[2], Store = _folder.Path }, _cancellation));
        fault.Message.ShouldBe($"Port {ports[1]} (gateway) is in use on 127.0.0.1: another coordinator may be running; choose another with --gateway-port.");
    }

    [Fact]
    public void EveryFaultIsTold_WhenSeveralOptionsAreWrong()
    {
        var fault = Should.Throw<CoordinatorException>(() => CoordinatorOptions.FromArgs(["--silo-port", "0", "--gateway-port=7", "--http-port", "7", "--listen", "0.0.0.0", "--colour", "red"]));
        fault.Message.ShouldContain("--silo-port is '0', a whole number from 1 to 65535 is needed");
        fault.Message.ShouldContain("port 7 is given for gateway and http");
        fault.Message.ShouldContain("needs --advertise");
        fault.Message.ShouldContain("--store is missing");
        fault.Message.ShouldContain("'--colour' is not an option");
    }

    [Fact]
    public void OptionsAreTaken_WhenAllIsWell()
    {
        var options = CoordinatorOptions.FromArgs(["--store", _folder.Path, "--silo-port=1", "--gateway-port", "2", "--http-port", "3", "--parent-pid", "4", "--heartbeat-seconds", "1.5"]);
        (options.Store, options.SiloPort, options.GatewayPort, options.HttpPort, options.ParentPid, options.HeartbeatSeconds).ShouldBe((_folder.Path, 1, 2, 3, 4, 1.5));
    }

    private static async Task<IHost> ConnectAsync(int gateway)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(new IPEndPoint(IPAddress.Loopback, gateway));
            client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (ClusterNames.ClusterId, ClusterNames.ServiceId));
            client.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(0.5));
            client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(10));
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await holds()) await Task.Delay(100, limit.Token);
    }
}
