namespace MammutScale.Model.Detection;

/// <summary>An object that a picture truly shows.</summary>
/// <param name="Picture">Its picture.</param>
/// <param name="Class">Its class.</param>
/// <param name="X">Left, pixels.</param>
/// <param name="Y">Top, pixels.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Area">Pixels²; of the mask where there is one.</param>
/// <param name="Crowd">A group marked as one: takes any number of detections, none of which count.</param>
public sealed record TrueObject(long Picture, long Class, double X, double Y, double Width, double Height, double Area, bool Crowd = false);

/// <summary>A detection to be scored.</summary>
/// <param name="Picture">Its picture.</param>
/// <param name="Class">Its class.</param>
/// <param name="X">Left, pixels.</param>
/// <param name="Y">Top, pixels.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Score">Higher = surer.</param>
public sealed record ScoredBox(long Picture, long Class, double X, double Y, double Width, double Height, double Score);
