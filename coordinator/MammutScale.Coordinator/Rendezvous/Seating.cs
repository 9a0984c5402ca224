using System.Collections.Immutable;
using MammutScale.Contracts;

namespace MammutScale.Coordinator.Rendezvous;

/// <summary>Gives ranks and lanes to those who are there.</summary>
internal static class Seating
{
    /// <summary>
    /// At most <paramref name="capacity"/> members. Who holds state goes before who does not; rank 0 is the lowest old rank among
    /// the most advanced, so that state always flows from rank 0; the others keep their order.
    /// </summary>
    public static ImmutableArray<Member> Seat(IEnumerable<Candidate> candidates, int capacity, int lanes)
    {
        var chosen = candidates
            .OrderByDescending(c => c.CommittedStep ?? -1)
            .ThenBy(Order).ThenBy(c => c.Since).ThenBy(c => c.WorkerId, StringComparer.Ordinal)
            .Take(Math.Min(capacity, lanes))
            .ToArray();
        var seated = chosen.Take(1).Concat(chosen.Skip(1)
            .OrderBy(Order).ThenBy(c => c.Since).ThenBy(c => c.WorkerId, StringComparer.Ordinal)).ToArray();
        return [.. seated.Select((c, rank) =>
        {
            var (first, count) = LaneSplit.Of(rank, seated.Length, lanes);
            return new Member
            {
                WorkerId = c.WorkerId,
                Rank = rank,
                Endpoint = c.Endpoint,
                FirstLane = first,
                LaneCount = count,
                CommittedStep = c.CommittedStep,
            };
        })];
    }

    private static int Order(Candidate candidate) => candidate.PreviousRank < 0 ? int.MaxValue : candidate.PreviousRank;
}
