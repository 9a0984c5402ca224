using MammutScale.Training.Checkpoints;

namespace MammutScale.Training.Runs;

/// <summary>What every rank tells every other between two steps.</summary>
internal readonly record struct RankTurn(StepDirective Directive, bool CheckpointDue, CheckpointStatus Checkpoint);
