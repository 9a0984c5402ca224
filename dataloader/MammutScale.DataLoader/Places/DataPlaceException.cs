namespace MammutScale.DataLoader.Places;

/// <summary>A path leads to no data; the message is for people.</summary>
public sealed class DataPlaceException(string message) : Exception(message);
