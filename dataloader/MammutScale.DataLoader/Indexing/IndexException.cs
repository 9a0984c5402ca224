namespace MammutScale.DataLoader.Indexing;

/// <summary>An index cannot be built, read or used; the message is for people.</summary>
public sealed class IndexException(string message, Exception? inner = null) : Exception(message, inner);
