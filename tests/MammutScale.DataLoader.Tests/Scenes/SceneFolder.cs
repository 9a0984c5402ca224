using MammutScale.DataLoader.Scenes;
using MammutScale.DataLoader.Tests.Samples;

namespace MammutScale.DataLoader.Tests.Scenes;

/// <summary>A small scene set in folder <c>a</c>, built once for all tests.</summary>
public sealed class SceneFolder : IAsyncLifetime
{
    internal static readonly SceneOptions Small = new() { TrainScenes = 60, EvalScenes = 30, TrainClips = 12, EvalClips = 6 };

    public string Folder { get; } = Directory.CreateTempSubdirectory("mammut-scenes-").FullName;

    internal SceneReport Report { get; private set; } = null!;

    internal static Task<SceneReport> BuildAsync(string folder, string name, SceneOptions options) =>
        new SceneBuilder(ShippedSamples.Folder, Path.Combine(folder, name), options).BuildAsync();

    public async ValueTask InitializeAsync() => Report = await BuildAsync(Folder, "a", Small);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
