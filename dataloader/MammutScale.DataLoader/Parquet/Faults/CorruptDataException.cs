namespace MammutScale.DataLoader.Parquet.Faults;

/// <summary>
/// Bytes that no correct writer makes, or a feature that is refused by name. Thrown where they are met; whoever knows the file,
/// row group and column turns it into a <see cref="DataFormatException"/>.
/// </summary>
internal sealed class CorruptDataException(string message) : Exception(message);
