using MammutScale.Training.Runs;

namespace MammutScale.Worker.Generations;

/// <summary>How a generation ended for this worker.</summary>
internal abstract record GenerationResult
{
    private GenerationResult()
    {
    }

    /// <summary>All ranks came out together at a step boundary.</summary>
    public sealed record Ended(GenerationEnd End) : GenerationResult;

    /// <summary>The coordinator told us to drop it.</summary>
    public sealed record Dropped(string Reason) : GenerationResult;

    /// <summary>A peer is gone; the state in memory is good.</summary>
    public sealed record Broken(string Reason, int? Rank) : GenerationResult;

    /// <summary>The run cannot go on anywhere.</summary>
    public sealed record Fatal(string Reason) : GenerationResult;

    /// <summary>Something unexpected: this process is not to be trusted any more.</summary>
    public sealed record Crashed(Exception Fault) : GenerationResult;
}
