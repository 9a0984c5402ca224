namespace MammutScale.DataLoader.Decoding.Scans;

/// <summary>What a pass over a picture's codes found.</summary>
internal enum ScanState
{
    /// <summary>Every block is there, or it could not be checked.</summary>
    Whole,

    /// <summary>The data ends before the picture does.</summary>
    Cut,

    Damaged,
}
