using System.Net;
using MammutScale.Collectives;
using MammutScale.Collectives.Tcp.Peers;
using MammutScale.Contracts;
using MammutScale.Training.Configuration;

namespace MammutScale.Worker.Generations;

/// <summary>Groups of the ranks' hosts over TCP; one listener serves all generations of this process.</summary>
internal sealed class TcpGroups(TcpRendezvousListener listener, string? networkInterface, TimeProvider time, Action<string> log) : IDisposable
{
    public string Endpoint => listener.EndPoint.ToString();

    public Task<TcpGroup> ConnectAsync(GenerationPlan plan, Member self, CollectivesSection rules, CancellationToken cancellation) => TcpGroup.ConnectAsync(Options(plan, self, rules), cancellation);

    public void Dispose() => listener.Dispose();

    internal TcpGroupOptions Options(GenerationPlan plan, Member self, CollectivesSection rules) => new()
    {
        Rank = self.Rank,
        EndPoints = [.. plan.Members.OrderBy(m => m.Rank).Select(m => IPEndPoint.Parse(m.Endpoint))],
        Secret = plan.Secret,
        Generation = plan.Generation,
        Listener = listener,
        Interface = networkInterface,
        SocketsPerPeer = rules.SocketsPerPeer,
        SharedMemory = rules.SharedMemory,
        ConnectTimeout = TimeSpan.FromSeconds(rules.ConnectSeconds),
        Timing = Timing(rules),
        Time = time,
        Log = log,
    };

    private static MeshTiming Timing(CollectivesSection rules)
    {
        var limit = TimeSpan.FromSeconds(rules.StandstillSeconds);
        var usual = new MeshTiming();
        return usual with { SilenceTimeout = TimeSpan.FromSeconds(rules.SilenceSeconds), ProgressTimeout = limit, ProgressFloor = limit < usual.ProgressFloor ? limit : usual.ProgressFloor };
    }
}
