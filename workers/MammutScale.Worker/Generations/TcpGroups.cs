using System.Net;
using MammutScale.Collectives;
using MammutScale.Contracts;

namespace MammutScale.Worker.Generations;

/// <summary>Groups of the ranks' hosts over TCP; one listener serves all generations of this process.</summary>
internal sealed class TcpGroups(TcpRendezvousListener listener, string? networkInterface, TimeProvider time, Action<string> log) : IDisposable
{
    public string Endpoint => listener.EndPoint.ToString();

    public Task<TcpGroup> ConnectAsync(GenerationPlan plan, Member self, CancellationToken cancellation) => TcpGroup.ConnectAsync(new TcpGroupOptions
    {
        Rank = self.Rank,
        EndPoints = [.. plan.Members.OrderBy(m => m.Rank).Select(m => IPEndPoint.Parse(m.Endpoint))],
        Secret = plan.Secret,
        Generation = plan.Generation,
        Listener = listener,
        Interface = networkInterface,
        Time = time,
        Log = log,
    }, cancellation);

    public void Dispose() => listener.Dispose();
}
