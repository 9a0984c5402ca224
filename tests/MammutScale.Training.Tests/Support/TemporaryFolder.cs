namespace MammutScale.Training.Tests.Support;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mammut-training-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
