namespace MammutScale.DataLoader.Planning;

/// <summary>A run of neighbouring lanes: what one rank owns.</summary>
public readonly record struct LaneRange(int First, int Count)
{
    /// <summary>The lane after the last one.</summary>
    public int End => First + Count;

    public bool Contains(int lane) => lane >= First && lane < End;
}
