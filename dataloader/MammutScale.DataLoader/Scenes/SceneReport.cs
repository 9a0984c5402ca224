namespace MammutScale.DataLoader.Scenes;

/// <summary>What <see cref="SceneBuilder"/> wrote.</summary>
/// <param name="Rows">Rows of every folder, as <c>captions/train</c>.</param>
/// <param name="Classes">Classes that training shows.</param>
/// <param name="HeldOutClasses">Classes that it does not.</param>
/// <param name="Bytes">Size of all files together.</param>
public sealed record SceneReport(IReadOnlyDictionary<string, int> Rows, IReadOnlyList<string> Classes, IReadOnlyList<string> HeldOutClasses, long Bytes);
