using MammutScale.Contracts;
using MammutScale.Dashboard.Words;

namespace MammutScale.Dashboard.Views;

/// <summary>A run as the page gets it: what the coordinator knows, and what is said of it.</summary>
public sealed record RunView
{
    public required RunSnapshot Run { get; init; }

    public required Sentence Sentence { get; init; }

    /// <summary>To be said when the dashboard loses the coordinator.</summary>
    public required Sentence CoordinatorAway { get; init; }

    /// <summary>To be said when the page loses the dashboard.</summary>
    public required Sentence DashboardAway { get; init; }

    /// <summary>The number that each worker is called by, by worker id.</summary>
    public required IReadOnlyDictionary<string, string> WorkerNames { get; init; }

    /// <summary>Workers that hold the others up.</summary>
    public required IReadOnlyList<string> Stragglers { get; init; }
}

/// <summary>All runs and the sentence over them.</summary>
public sealed record RunsView
{
    public required Sentence Sentence { get; init; }

    public required IReadOnlyList<RunView> Runs { get; init; }
}
