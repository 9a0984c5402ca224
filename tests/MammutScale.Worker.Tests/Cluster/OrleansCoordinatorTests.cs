using System.Net;
using System.Net.Sockets;
using MammutScale.Worker.Cluster;
using MammutScale.Worker.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace MammutScale.Worker.Tests.Cluster;

public sealed class OrleansCoordinatorTests
{
    [Fact]
    public async Task Coordinator_IsAway_WhenItTakesTheConnectionAndSaysNothing()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        await using var coordinator = new OrleansCoordinator(
            new WorkerOptions { Coordinator = mute.LocalEndpoint.ToString()!, Run = "any" }.Address, TimeProvider.System, NullLogger.Instance)
        {
            ConnectLimit = TimeSpan.FromMilliseconds(300),
        };
        var fault = await Should.ThrowAsync<CoordinatorAwayException>(coordinator.AskAsync(run => run.GetSnapshot(), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60)));
        fault.Message.ShouldContain("said nothing");
    }
}
