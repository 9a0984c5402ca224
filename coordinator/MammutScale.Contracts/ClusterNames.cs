namespace MammutScale.Contracts;

/// <summary>How silos and clients of one cluster find out that they belong together, and where they meet by default.</summary>
public static class ClusterNames
{
    public const string ClusterId = "mammutscale";
    public const string ServiceId = "mammutscale";
    public const int DefaultSiloPort = 11111;
    public const int DefaultGatewayPort = 30000;
    public const int DefaultHttpPort = 8081;
}
