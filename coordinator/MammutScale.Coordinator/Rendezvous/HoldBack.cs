namespace MammutScale.Coordinator.Rendezvous;

/// <summary>How long a worker that keeps failing stays out.</summary>
internal static class HoldBack
{
    private const int Free = 2;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Failures older than this are forgiven.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    /// <summary>Nothing for the first two failures, then 5 s, doubled by each further one up to 5 minutes.</summary>
    public static TimeSpan After(int failures)
        => failures <= Free ? TimeSpan.Zero
            : TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(2, failures - Free - 1)));
}
