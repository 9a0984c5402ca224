namespace MammutScale.Model.Weights;

/// <summary>A weight file that cannot be read or does not fit: says which file, which tensor, what was found and expected.</summary>
public sealed class WeightsException(string message, Exception? inner = null) : Exception(message, inner);
