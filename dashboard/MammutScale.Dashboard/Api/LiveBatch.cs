using MammutScale.Contracts;
using MammutScale.Dashboard.Live;

namespace MammutScale.Dashboard.Api;

/// <summary>All that waited for one reader, as one message.</summary>
internal sealed record LiveBatch(bool Gap, RunSnapshot? Snapshot, IReadOnlyList<StepRecord> Steps, Contact? Contact)
{
    /// <summary>Takes all that waits. Updates up to <paramref name="sequence"/> are known already and fall out.</summary>
    public static LiveBatch Drain(Subscription subscription, ref long sequence)
    {
        bool gap = false;
        RunSnapshot? snapshot = null;
        Contact? contact = null;
        var steps = new List<StepRecord>();
        while (subscription.Messages.TryRead(out var message))
        {
            if (message is Contact sign) contact = sign;
            if (message is not RunChanged { Update: var update }) continue;
            gap |= update.Gap;
            // after a gap the numbers may begin anew: a coordinator that came back counts for itself
            if (update.Snapshot.Sequence <= sequence && !update.Gap) continue;
            sequence = update.Snapshot.Sequence;
            snapshot = update.Snapshot;
            steps.AddRange(update.Steps);
        }
        return new LiveBatch(gap | subscription.TakeOverflow(), snapshot, steps, contact);
    }
}
