using System.Net.NetworkInformation;
using MammutScale.Collectives;
using MammutScale.Contracts;
using MammutScale.Training.Configuration;
using MammutScale.Training.Devices;

namespace MammutScale.Worker.Generations;

/// <summary>
/// Groups for what this worker trains on: TCP for host memory; for GPUs NCCL, made anew for every generation and controlled by the
/// generation's TCP group, whose peers have proven themselves: it carries the unique id and the news of a dead rank.
/// </summary>
internal sealed class DeviceGroups(TcpGroups hosts, TrainingDevice device, string? networkInterface, TimeProvider time, Action<string> log) : IGroups
{
    public string Endpoint => hosts.Endpoint;

    public async Task<ICollectives> ConnectAsync(GenerationPlan plan, Member self, CollectivesSection rules, CancellationToken cancellation)
    {
        var control = await hosts.ConnectAsync(plan, self, rules, cancellation);
        try
        {
            // waits for the slowest rank; not on a thread that others need
            await Task.Factory.StartNew(() => DeviceAgreement.Check(control, device), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (device.IsHost) return control;
            return await NcclGroup.ConnectAsync(
                new NcclGroupOptions
                {
                    Device = device.Index,
                    Interface = InterfaceName(networkInterface),
                    ProgressTimeout = TimeSpan.FromSeconds(rules.StandstillSeconds),
                    Time = time,
                    Log = log,
                },
                control,
                cancellation);
        }
        catch
        {
            control.Dispose();
            throw;
        }
    }

    /// <summary>NCCL takes names of interfaces, not addresses.</summary>
    private static string? InterfaceName(string? listen) => NetworkInterface.GetAllNetworkInterfaces().Select(i => i.Name).FirstOrDefault(name => name == listen);
}
