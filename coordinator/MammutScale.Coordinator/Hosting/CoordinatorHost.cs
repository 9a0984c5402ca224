using System.Globalization;
using MammutScale.Coordinator.Metrics;
using MammutScale.Processes;
using MammutScale.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace MammutScale.Coordinator.Hosting;

/// <summary>One coordinator process: an Orleans silo, and /healthz and /metrics beside it.</summary>
public static partial class CoordinatorHost
{
    /// <summary>Runs until cancelled or told by SIGTERM or, without a parent, by SIGINT. A fault is one sentence on standard error.</summary>
    /// <returns>0, or 2 when it could not start.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        try
        {
            var options = CoordinatorOptions.FromArgs(args);
            using var signals = new StopSignals(options.ParentPid is not null, cancellation);
            await RunAsync(options, signals.Token);
            return 0;
        }
        catch (CoordinatorException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
    }

    /// <exception cref="CoordinatorException">It cannot start.</exception>
    public static async Task RunAsync(CoordinatorOptions options, CancellationToken cancellation)
    {
        await using var app = await StartAsync(options, cancellation);
        // ends with the token or when the host itself wants to, and stops the silo in order
        await app.WaitForShutdownAsync(cancellation);
    }

    /// <summary>Starts and returns when it serves; disposing the application stops it.</summary>
    /// <exception cref="CoordinatorException">It cannot start.</exception>
    internal static async Task<WebApplication> StartAsync(CoordinatorOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.ParentPid is { } parent) ParentProcess.EndWith(parent);
        var store = await OpenStoreAsync(options.Store, cancellation);
        Ports.Check(options);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.UsePlainLines();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options.ListenAddress(), options.HttpPort));
        builder.UseOrleans(silo => silo.AddMammutSilo(options, store));
        var app = builder.Build();
        app.MapGet("/healthz", (ISiloStatusOracle silos) => silos.CurrentStatus == SiloStatus.Active
            ? Results.Text("ok\n")
            : Results.Text($"{silos.CurrentStatus.ToString().ToLowerInvariant()}\n", statusCode: StatusCodes.Status503ServiceUnavailable));
        app.MapMetrics("/metrics", app.Services.GetRequiredService<RunInstruments>().Registry);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await app.DisposeAsync();
            throw new CoordinatorException($"The coordinator cannot start: {e.GetBaseException().Message}", e);
        }

        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(CoordinatorHost));
        LogReady(log, string.Create(CultureInfo.InvariantCulture, $"{options.Address()}:{options.GatewayPort}"), options.HttpPort, store.Address);
        return app;
    }

    private static async Task<IBlobStore> OpenStoreAsync(string address, CancellationToken cancellation)
    {
        try
        {
            var store = BlobStores.Open(address);
            // finds out now, and not when the first run is submitted, whether it can be written
            await store.WriteAsync("coordinator/started.txt", "A coordinator keeps its state here.\n"u8.ToArray(), default, cancellation);
            return store;
        }
        catch (StorageException e)
        {
            throw new CoordinatorException($"The coordinator cannot use its store: {e.Message}", e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "coordinator ready: gateway {Gateway}, http port {HttpPort}, store {Store}")]
    private static partial void LogReady(ILogger log, string gateway, int httpPort, string store);
}
