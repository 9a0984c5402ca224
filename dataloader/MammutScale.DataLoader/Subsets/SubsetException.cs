namespace MammutScale.DataLoader.Subsets;

/// <summary>A subset (`where`, `only`) cannot be resolved as written; the message is for people.</summary>
public sealed class SubsetException(string message, Exception? inner = null) : Exception(message, inner);
