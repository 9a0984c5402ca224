using MammutScale.Cli.Output;

namespace MammutScale.Cli.Cluster;

/// <summary>A folder that one local cluster at a time owns; the lock goes with the process, however it ends.</summary>
internal sealed class WorkDirectory : IDisposable
{
    private readonly FileStream _lock;

    private WorkDirectory(string path, FileStream fileLock) => (Path, _lock) = (path, fileLock);

    public string Path { get; }

    public string Logs => System.IO.Path.Combine(Path, "logs");

    public string Store => System.IO.Path.Combine(Path, "store");

    public static WorkDirectory Own(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        string lockFile = System.IO.Path.Combine(path, ".lock");
        try
        {
            Directory.CreateDirectory(path);
            var stream = new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var work = new WorkDirectory(path, stream);
            Directory.CreateDirectory(work.Logs);
            Directory.CreateDirectory(work.Store);
            return work;
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserException($"The work directory {path} cannot be written; choose another one with --work-dir.");
        }
        catch (IOException) when (File.Exists(lockFile))
        {
            throw new UserException($"Another mammut is at work in {path}; stop it first or choose another folder with --work-dir.");
        }
        catch (IOException error)
        {
            throw new UserException($"The work directory {path} cannot be used: {error.Message}");
        }
    }

    public void Dispose() => _lock.Dispose();
}
