namespace MammutScale.Collectives.Nccl;

/// <summary>Notices operations that have been started and do not end.</summary>
internal sealed class NcclProgress(NcclGroupOptions options)
{
    private long _since = options.Time.GetTimestamp();
    private long _seen;

    /// <param name="idle">All that was started has ended.</param>
    /// <param name="submitted">How many operations were started so far; a new one begins the wait anew.</param>
    public CollectiveException? Check(bool idle, long submitted)
    {
        if (idle || submitted != _seen)
        {
            _seen = submitted;
            _since = options.Time.GetTimestamp();
            return null;
        }
        var standstill = options.Time.GetElapsedTime(_since);
        return standstill < options.ProgressTimeout ? null : new CollectiveException($"NCCL operation {submitted} has not ended for {standstill.TotalSeconds:0} s.");
    }
}
