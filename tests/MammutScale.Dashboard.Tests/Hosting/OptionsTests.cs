using System.Diagnostics;
using System.Net;
using MammutScale.Dashboard.Configuration;
using MammutScale.Dashboard.Hosting;
using MammutScale.Dashboard.Tests.Fakes;

namespace MammutScale.Dashboard.Tests.Hosting;

public sealed class OptionsTests
{
    [Fact]
    public void Options_AreReadFromFlags()
    {
        var options = DashboardOptions.FromArgs(["--coordinator", "10.0.0.7:31000", "--port=9000", "--parent-pid", "42", "--token", "secret", "--bind", "0.0.0.0"]);

        options.ShouldBe(new DashboardOptions { CoordinatorAddress = "10.0.0.7", CoordinatorPort = 31000, Port = 9000, ParentPid = 42, Token = "secret", Bind = IPAddress.Any });
    }

    [Fact]
    public void Defaults_ListenOnLoopbackOnly_AndAreReadOnly()
    {
        var options = DashboardOptions.FromArgs([]);

        options.Bind.ShouldBe(IPAddress.Loopback);
        options.Token.ShouldBeNull();
    }

    [Theory]
    [InlineData("--prot 80", "'--prot' is not an option of the dashboard")]
    [InlineData("--port", "--port needs a value.")]
    [InlineData("--port ninety", "--port is 'ninety', expected a whole number from 0 to 65535.")]
    [InlineData("--coordinator here", "--coordinator is 'here', expected host:port")]
    [InlineData("--bind everywhere", "--bind is 'everywhere', expected an IP address")]
    public void WrongOption_IsOneSentence(string arguments, string sentence)
        => Should.Throw<DashboardException>(() => DashboardOptions.FromArgs(arguments.Split(' '))).Message.ShouldContain(sentence);

    [Fact]
    public void AllFaults_AreToldAtOnce()
    {
        string message = Should.Throw<DashboardException>(() => DashboardOptions.FromArgs(["--port", "x", "--bind", "y"])).Message;
        message.ShouldContain("--port");
        message.ShouldContain("--bind");
    }

    [Fact]
    public async Task PortInUse_IsOneSentence()
    {
        await using var first = await Served.StartAsync(new FakeFeed());
        var options = new DashboardOptions { Port = first.Address.Port };

        var fault = await Should.ThrowAsync<DashboardException>(() => DashboardHost.StartAsync(options, new FakeFeed(), TimeProvider.System, CancellationToken.None));

        fault.Message.ShouldBe($"Port {first.Address.Port} is already in use, perhaps by another dashboard; choose another with --port, or --port 0 for a free one.");
    }

    [Fact]
    public async Task Dashboard_Ends_WhenItsParentIsGone()
    {
        using var parent = Process.Start(new ProcessStartInfo("sleep", "600"))!;
        var started = new TaskCompletionSource<Uri>();
        // nothing listens on port 9: the page must be served all the same
        var options = new DashboardOptions { Port = 0, ParentPid = parent.Id, CoordinatorPort = 9 };
        var running = DashboardHost.RunAsync(options, started.SetResult, CancellationToken.None);
        var address = await started.Task.WaitAsync(TimeSpan.FromSeconds(20));
        using var client = new HttpClient();
        (await client.GetAsync(address)).StatusCode.ShouldBe(HttpStatusCode.OK);

        parent.Kill();

        await running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task ParentWatch_EndsAtOnce_WhenThereIsNoSuchProcess()
        => await new ParentWatch(int.MaxValue, TimeProvider.System).WaitForEndAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5));
}
