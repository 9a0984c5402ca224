namespace MammutScale.Training.Sync;

/// <summary>Whose state everybody takes; a pure function of what the ranks hold.</summary>
internal static class SyncSource
{
    /// <summary>
    /// The most advanced rank. Where ranks of that step differ, the state that most of them share wins, then the lowest rank.
    /// </summary>
    /// <returns>Null when nobody holds a state.</returns>
    public static int? Choose(ReadOnlySpan<RankState> ranks)
    {
        int? best = null;
        for (var rank = 0; rank < ranks.Length; rank++)
        {
            if (!ranks[rank].HasWeights) continue;
            if (best is not { } b || ranks[rank].Progress.Step > ranks[b].Progress.Step
                || (ranks[rank].Progress.Step == ranks[b].Progress.Step && Alike(ranks, rank) > Alike(ranks, b)))
                best = rank;
        }

        return best;
    }

    /// <summary>A rank whose update was interrupted while weights were exchanged: its parts and those of others like it may make up the whole.</summary>
    public static int? ChooseTorn(ReadOnlySpan<RankState> ranks)
    {
        int? best = null;
        for (var rank = 0; rank < ranks.Length; rank++)
        {
            if (ranks[rank].IsTorn && (best is not { } b || ranks[rank].MomentUpdates > ranks[b].MomentUpdates)) best = rank;
        }

        return best;
    }

    /// <summary>For every shard of the old world the lowest rank that holds it after so many updates; null when one is lost.</summary>
    public static int[]? Holders(ReadOnlySpan<RankState> ranks, int source, long updates)
    {
        var world = ranks[source].ShardWorld;
        var holders = new int[world];
        Array.Fill(holders, -1);
        for (var rank = ranks.Length - 1; rank >= 0; rank--)
        {
            if (ranks[rank].MomentUpdates != updates || ranks[rank].ShardWorld != world) continue;
            for (var shard = 0; shard < world; shard++)
            {
                if (ranks[rank].Holds(shard)) holders[shard] = rank;
            }
        }

        return holders.Contains(-1) ? null : holders;
    }

    private static int Alike(ReadOnlySpan<RankState> ranks, int rank)
    {
        var count = 0;
        foreach (var other in ranks)
        {
            if (other.HasWeights && other.Progress.Step == ranks[rank].Progress.Step && other.WeightsHash == ranks[rank].WeightsHash) count++;
        }

        return count;
    }
}
