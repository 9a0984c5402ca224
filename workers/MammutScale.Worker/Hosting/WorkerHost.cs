using MammutScale.Collectives;
using MammutScale.Processes;
using MammutScale.Training.Devices;
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
        var device = OpenDevice(options);
        Say($"trains on {device}{(device.IsCuda && CudaDevice.Memory(device.Index) is { } memory ? $", {memory.Used / 1e9:0.0} of {memory.Total / 1e9:0.0} GB in use" : "")}");
        await using var coordinator = new OrleansCoordinator(options.Address, time, log);
        using var hosts = new TcpGroups(listener, options.Listen, time, Say);
        var groups = new DeviceGroups(hosts, device, options.Listen, time, Say);
        using var loop = new WorkerLoop(options.WorkerId, coordinator, groups, run => SessionTrainee.Open(run, options.WorkerId, options.Threads, device, time), time, Say);
        return await loop.RunAsync(cancellation);
    }

    private static TrainingDevice OpenDevice(WorkerOptions options)
    {
        try
        {
            TorchLibraries.Load();
        }
        catch (DeviceException e)
        {
            throw new WorkerException(e.Message, ExitCodes.NoTorch, e);
        }

        try
        {
            return options.Device.Resolve(GpuInventory.Find(), DeviceChoice.LocalPlace(Environment.GetEnvironmentVariable));
        }
        catch (DeviceException e)
        {
            throw new WorkerException($"The worker cannot start: {e.Message}", ExitCodes.Configuration, e);
        }
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
