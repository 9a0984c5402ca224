namespace MammutScale.Model;

/// <summary>Names this assembly in tests.</summary>
public static class AssemblyMarker;
