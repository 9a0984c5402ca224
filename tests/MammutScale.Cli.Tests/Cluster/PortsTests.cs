using System.Net;
using System.Net.Sockets;
using MammutScale.Cli.Cluster;
using MammutScale.Cli.Output;

namespace MammutScale.Cli.Tests.Cluster;

public sealed class PortsTests
{
    [Fact]
    public void APortInUseIsNamed_AndPassedOverWhenAnyWillDo()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var refusal = Should.Throw<UserException>(() => Ports.Require(port, "--port"));
        refusal.Message.ShouldContain($"{port}");
        refusal.Message.ShouldContain("--port");
        Ports.FirstFree(port).ShouldNotBe(port);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65536)]
    public void APortOutOfRangeIsNamed(int port) => Should.Throw<UserException>(() => Ports.Require(port, "--port")).Message.ShouldContain($"{port}");

    [Fact]
    public void FreePortsDiffer_AndNoOutgoingConnectionCanTakeThem()
    {
        int outgoing = int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t', ' ')[0]);
        Assert.SkipWhen(outgoing < 16_000, "outgoing connections may have any port here");
        Ports.Free(8).Where(port => port < outgoing).Distinct().Count().ShouldBe(8);
    }
}
