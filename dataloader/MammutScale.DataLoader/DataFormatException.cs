namespace MammutScale.DataLoader;

/// <summary>
/// Data or its description is not what it should be. The message is for the user: what, where (file, row group, row),
/// found versus expected, what to do.
/// </summary>
public sealed class DataFormatException(string message, Exception? inner = null) : Exception(message, inner);
