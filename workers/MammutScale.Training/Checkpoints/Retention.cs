using MammutScale.Training.Configuration;

namespace MammutScale.Training.Checkpoints;

/// <summary>Which checkpoints stay: the newest good ones, and every one at a multiple of a step.</summary>
internal sealed class Retention(CheckpointStore store, CheckpointSection rules)
{
    /// <summary>What goes, given what there is. The newest good one never goes.</summary>
    /// <param name="steps">Steps with a manifest.</param>
    /// <param name="bad">Known to be damaged: they do not count among the newest good ones, and stay for whoever wants to look.</param>
    public static IReadOnlyList<long> Superfluous(IEnumerable<long> steps, IReadOnlySet<long> bad, CheckpointSection rules) =>
        [.. steps.Where(s => !bad.Contains(s)).OrderDescending().Skip(Math.Max(1, rules.KeepLast)).Where(s => rules.KeepEvery == 0 || s % rules.KeepEvery != 0)];

    /// <summary>Deletes what is superfluous, once the parts of <paramref name="newest"/> have been seen in the store.</summary>
    public async Task ApplyAsync(Manifest newest, IReadOnlySet<long> bad, CancellationToken cancellation)
    {
        foreach (var part in newest.Parts)
        {
            if (await store.Blobs.StatAsync(store.Key(newest.Step, part.File), cancellation) is not { } blob || blob.Length != part.Bytes) return;
        }

        foreach (var step in Superfluous(await store.ListAsync(cancellation), bad, rules)) await store.DeleteAsync(step, cancellation);
    }
}
