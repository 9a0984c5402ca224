namespace MammutScale.Worker.Cluster;

/// <summary>Where the coordinator of a run answers.</summary>
internal sealed record CoordinatorAddress(string Host, int Port, string ClusterId, string Run)
{
    public override string ToString() => $"{Host}:{Port}";
}
