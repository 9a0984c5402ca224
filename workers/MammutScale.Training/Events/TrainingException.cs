namespace MammutScale.Training.Events;

/// <summary>The run cannot go on anywhere: the message says why and what to do.</summary>
public sealed class TrainingException(string message, Exception? inner = null) : Exception(message, inner);
