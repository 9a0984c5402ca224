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
    public void FreePortsDiffer() => Ports.Free(8).Distinct().Count().ShouldBe(8);
}
