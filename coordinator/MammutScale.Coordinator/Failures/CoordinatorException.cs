namespace MammutScale.Coordinator;

/// <summary>The coordinator cannot start or go on; the message is one sentence for people.</summary>
public sealed class CoordinatorException(string message, Exception? inner = null) : Exception(message, inner);
