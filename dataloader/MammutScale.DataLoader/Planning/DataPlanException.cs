namespace MammutScale.DataLoader.Planning;

/// <summary>The order of the data cannot be planned as asked; the message is for people.</summary>
public sealed class DataPlanException(string message) : Exception(message);
