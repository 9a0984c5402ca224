namespace MammutScale.Contracts;

/// <summary>What people may ask of a run.</summary>
public enum RunCommandKind
{
    Pause,
    Resume,
    Stop,
    Checkpoint,
}

[GenerateSerializer, Immutable, Alias("mammut.RunCommand")]
public sealed record RunCommand
{
    [Id(0)] public required RunCommandKind Kind { get; init; }
    [Id(1)] public required string By { get; init; }
}
