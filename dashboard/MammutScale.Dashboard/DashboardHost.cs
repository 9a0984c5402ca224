using System.Net;
using MammutScale.Dashboard.Api;
using MammutScale.Dashboard.Configuration;
using MammutScale.Dashboard.Feed;
using MammutScale.Dashboard.Hosting;
using MammutScale.Dashboard.Live;
using MammutScale.Dashboard.Page;
using MammutScale.Dashboard.Telemetry;
using MammutScale.Dashboard.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Prometheus;

namespace MammutScale.Dashboard;

/// <summary>The dashboard as a process: page, API, live streams and metrics on one port.</summary>
public sealed class DashboardHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DashboardHost(WebApplication app) => _app = app;

    /// <summary>Where a browser finds the page.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>
    /// Serves until <paramref name="cancellation"/>, SIGTERM, Ctrl-C, or until the parent named in the options is gone.
    /// <paramref name="started"/> is told the address once the page answers.
    /// </summary>
    /// <exception cref="DashboardException">It cannot start: one sentence says why.</exception>
    public static async Task RunAsync(DashboardOptions options, Action<Uri>? started, CancellationToken cancellation)
    {
        await using var host = await StartAsync(options, null, TimeProvider.System, cancellation);
        started?.Invoke(host.Address);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var shutdown = host._app.WaitForShutdownAsync(end.Token);
        if (options.ParentPid is { } parent)
        {
            var orphaned = new ParentWatch(parent, TimeProvider.System).WaitForEndAsync(end.Token);
            await Task.WhenAny(shutdown, orphaned);
            await end.CancelAsync();
        }
        await shutdown;
    }

    /// <summary>Starts and returns; <paramref name="feed"/> replaces the coordinator (null: the one in the options).</summary>
    /// <exception cref="DashboardException">It cannot start: one sentence says why.</exception>
    public static async Task<DashboardHost> StartAsync(DashboardOptions options, IRunFeed? feed, TimeProvider time, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // a start that fails is told in one sentence, by who asked for it
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Bind, options.Port);
        });
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(3));
        AddServices(builder.Services, options, feed, time);
        var app = builder.Build();
        Map(app);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException fault) when (fault.InnerException is AddressInUseException)
        {
            await app.DisposeAsync();
            throw new DashboardException($"Port {options.Port} is already in use, perhaps by another dashboard; choose another with --port, or --port 0 for a free one.", fault);
        }
        catch (Exception fault) when (fault is IOException or System.Net.Sockets.SocketException)
        {
            await app.DisposeAsync();
            throw new DashboardException($"The dashboard cannot listen on {options.Bind}, port {options.Port}: {fault.Message}", fault);
        }
        return new DashboardHost(app) { Address = Reachable(app.Urls.First(), options.Bind) };
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static void AddServices(IServiceCollection services, DashboardOptions options, IRunFeed? feed, TimeProvider time)
    {
        services.AddSingleton(options);
        services.AddSingleton(time);
        services.AddSingleton<ClusterConnection>();
        if (feed is null) services.AddSingleton<IRunFeed, OrleansRunFeed>();
        else services.AddSingleton(feed);
        services.AddSingleton<RunViews>();
        services.AddSingleton<RunHubs>();
        services.AddSingleton<EventsApi>();
        services.AddSingleton<ControlToken>();
        services.AddSingleton<RunMetrics>();
        services.AddSingleton<PageAssets>();
        services.AddResponseCompression();
        services.ConfigureHttpJsonOptions(o => WireFormat.Configure(o.SerializerOptions));
        // a loopback dashboard answers to loopback names only, so that no other site's name can be pointed at it
        services.Configure<HostFilteringOptions>(o => o.AllowedHosts = IPAddress.IsLoopback(options.Bind) ? ["localhost", "127.0.0.1", "[::1]"] : ["*"]);
        services.AddHostFiltering(_ => { });
    }

    private static void Map(WebApplication app)
    {
        app.UseHostFiltering();
        app.UsePagePolicy();
        app.UseResponseCompression();
        app.MapGet("/healthz", () => TypedResults.Text("healthy"));
        app.MapMetrics("/metrics", app.Services.GetRequiredService<RunMetrics>().Registry);
        app.MapRuns();
        app.MapCommands();
        EventsApi.Map(app);
        app.Map("/api/{**path}", (HttpContext http) => Refusals.No(StatusCodes.Status404NotFound, $"Nothing is at {http.Request.Path}."));
        PageAssets.Map(app);
    }

    private static Uri Reachable(string url, IPAddress bind)
    {
        var address = new UriBuilder(url);
        if (bind.Equals(IPAddress.Any) || bind.Equals(IPAddress.IPv6Any)) address.Host = "127.0.0.1";
        return address.Uri;
    }
}
