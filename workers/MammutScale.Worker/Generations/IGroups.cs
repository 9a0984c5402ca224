using MammutScale.Collectives;
using MammutScale.Contracts;
using MammutScale.Training.Configuration;

namespace MammutScale.Worker.Generations;

/// <summary>How this process meets the other ranks of a generation.</summary>
internal interface IGroups
{
    /// <summary>Where the others find it, host:port; the same for the life of the process.</summary>
    string Endpoint { get; }

    /// <exception cref="CollectiveException">The others did not come.</exception>
    Task<ICollectives> ConnectAsync(GenerationPlan plan, Member self, CollectivesSection rules, CancellationToken cancellation);
}
