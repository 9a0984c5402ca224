namespace MammutScale.DataLoader.Planning;

/// <summary>A sample of a global batch and where in the order it stands.</summary>
/// <param name="Id">The row.</param>
/// <param name="Lane">The canonical lane that it belongs to.</param>
/// <param name="Epoch">Epoch of its source, from 0.</param>
/// <param name="Position">Its place in the epoch's order, 0 … N−1: identifies its shuffle block.</param>
public readonly record struct PlannedSample(SampleId Id, int Lane, long Epoch, long Position);
