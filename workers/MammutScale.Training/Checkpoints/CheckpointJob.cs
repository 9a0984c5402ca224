using MammutScale.Training.Parameters;

namespace MammutScale.Training.Checkpoints;

/// <summary>A checkpoint under way on one rank.</summary>
/// <param name="Step">Committed steps that it holds.</param>
/// <param name="Manifest">What rank 0 will commit, still without parts.</param>
/// <param name="Shards">This rank's ranges.</param>
/// <param name="Begun">Timestamp of its beginning.</param>
/// <param name="Stall">How long training stood still for the copy.</param>
/// <param name="Upload">Size and hash of this rank's part.</param>
internal sealed record CheckpointJob(long Step, Manifest Manifest, ShardMap Shards, long Begun, TimeSpan Stall, Task<(long Bytes, byte[]? Sha256)> Upload)
{
    /// <summary>The manifest with what the ranks have written.</summary>
    public Manifest Complete(FlatLayout layout, ReadOnlySpan<CheckpointStatus> ranks)
    {
        var parts = new List<SavedPart>();
        for (var rank = 0; rank < ranks.Length; rank++)
        {
            var part = new PartLayout(new ShardMap(layout, rank, Shards.World), Manifest.Buffers);
            var hash = ranks[rank].Sha256;
            parts.Add(new SavedPart(part.File, ranks[rank].Bytes, Convert.ToHexStringLower(hash), part.Ranges));
        }

        return Manifest with { Parts = parts };
    }
}
