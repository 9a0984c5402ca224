namespace MammutScale.DataLoader.Scenes.Words;

/// <summary>A question about a scene and its only right answer.</summary>
/// <param name="Kind">What it tests, as <c>count</c>.</param>
internal sealed record SceneQuestion(string Kind, string Text, string Answer);
