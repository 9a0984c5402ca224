namespace MammutScale.DataLoader.Planning;

/// <summary>
/// A run of consecutive positions of a lane whose rows are permuted together: what a reader holds at once for that lane.
/// </summary>
/// <param name="First">First position in the epoch's order.</param>
/// <param name="Count">Number of samples, at least 1.</param>
internal readonly record struct ShuffleBlock(int Source, int Lane, long Epoch, long First, int Count);
