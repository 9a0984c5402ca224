using MammutScale.Collectives;
using MammutScale.Processes;
using MammutScale.Worker.Cluster;
using MammutScale.Worker.Generations;
using MammutScale.Worker.Sessions;
using Microsoft.Extensions.Logging;

namespace MammutScale.Worker.Hosting;

/// <summary>One worker process.</summary>
public static class WorkerHost
{
    /// <summary>Runs until the run is over or the token, SIGTERM or (without a parent) SIGINT asks it to go. Faults are one sentence on standard error.</summary>
    /// <returns>An exit code of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        try
        {
            var options = WorkerOptions.FromArgs(args);
            using var signals = new StopSignals(options.ParentPid is not null, cancellation);
            return await RunAsync(options, signals.Token);
        }
        catch (WorkerException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return e.ExitCode;
        }
    }

    /// <exception cref="WorkerException">It cannot start.</exception>
    public static async Task<int> RunAsync(WorkerOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.ParentPid is { } parent) ParentProcess.EndWith(parent);
        using var logging = LoggerFactory.Create(l => l.UsePlainLines());
        var log = logging.CreateLogger($"MammutScale.Worker.{options.WorkerId}");
        void Say(string text) => log.LogInformation("{Text}", text);

        Say($"starts for run {options.Run}, coordinator {options.Coordinator}");
        var time = TimeProvider.System;
        using var listener = Listen(options, time, Say);
        TorchProbe.Load(Environment.GetEnvironmentVariable(TorchProbe.FolderVariable));
        await using var coordinator = new OrleansCoordinator(options.Address, time, log);
        using var groups = new TcpGroups(listener, options.Listen, time, Say);
        using var loop = new WorkerLoop(options.WorkerId, coordinator, groups, run => SessionTrainee.Open(run, options.WorkerId, options.Threads, time), time, Say);
        return await loop.RunAsync(cancellation);
    }

    private static TcpRendezvousListener Listen(WorkerOptions options, TimeProvider time, Action<string> log)
    {
        try
        {
            return TcpRendezvousListener.Bind(options.Listen, options.ListenPort, time, log);
        }
        catch (CollectiveException e)
        {
            throw new WorkerException($"The worker cannot start: {e.Message}", ExitCodes.Configuration, e);
        }
    }
}
