namespace MammutScale.DataLoader.Planning;

/// <summary>What fixes the order of a run besides its data.</summary>
public sealed record PlanOptions
{
    /// <summary>Samples B of a batch over all ranks.</summary>
    public required int GlobalBatch { get; init; }

    /// <summary>Canonical lanes L; must divide <see cref="GlobalBatch"/> (<see cref="LaneChoice.For"/> picks one). Fixed for the life of a run.</summary>
    public required int Lanes { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Rows that are shuffled together, about: a reader holds this many encoded samples for every lane it owns.</summary>
    public int ShuffleRows { get; init; } = 1024;

    /// <summary>Temperature T of the mixture: shares are proportional to weight^(1/T). 1 keeps the weights, larger evens them out.</summary>
    public double Temperature { get; init; } = 1;
}
