namespace MammutScale.Training.Devices;

/// <summary>Torch, or the device that was asked for, cannot be used on this machine; the message says why and what to do.</summary>
public sealed class DeviceException(string message, Exception? inner = null) : Exception(message, inner);
