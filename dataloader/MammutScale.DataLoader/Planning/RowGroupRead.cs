namespace MammutScale.DataLoader.Planning;

/// <summary>
/// Rows that a lane needs from one row group, in the order in which they are needed first. The same row group can be asked for
/// by two lanes, or by neighbouring blocks of one lane.
/// </summary>
/// <param name="FirstRow">First row needed, as the file counts.</param>
/// <param name="EndRow">Row after the last one needed.</param>
/// <param name="Rows">Rows needed between them.</param>
/// <param name="FirstStep">The step that needs it first.</param>
/// <param name="LastStep">The step after which this lane's block has no more use for it.</param>
public readonly record struct RowGroupRead(
    int Source, int Lane, long Epoch, int RowGroup, int FirstRow, int EndRow, int Rows, long FirstStep, long LastStep);
