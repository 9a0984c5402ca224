namespace MammutScale.Coordinator.Machine;

/// <summary>How events and reasons speak of workers, and quote others.</summary>
internal static class EventWording
{
    public static string Workers(int count) => count == 1 ? "1 worker" : $"{count} workers";

    /// <summary>Rank and name, or the name alone without a rank.</summary>
    public static string Name(string workerId, int? rank) => rank is { } r and >= 0 ? $"worker {r} ({workerId})" : $"worker {workerId}";

    /// <summary>Without the full stop, so that it can stand inside a sentence.</summary>
    public static string Clause(string text) => text.Trim().TrimEnd('.');
}
