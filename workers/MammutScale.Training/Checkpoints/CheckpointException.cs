namespace MammutScale.Training.Checkpoints;

/// <summary>A checkpoint cannot be written or used; the message names it and says why.</summary>
public sealed class CheckpointException(string message, Exception? inner = null) : Exception(message, inner);
