using MammutScale.Collectives.Cuda;

namespace MammutScale.Collectives.Nccl;

/// <summary>NCCL and the CUDA runtime of this process, found once.</summary>
internal sealed class NcclRuntime
{
    private static readonly Lazy<(NcclRuntime? Runtime, string Trouble)> Default = new(() =>
        CudaRuntime.Find(out string trouble) is { } cuda ? Load(LibraryPaths.Candidates("MAMMUT_NCCL", "libnccl.so.2"), cuda) : (null, trouble));

    private NcclRuntime(NcclLibrary nccl, CudaRuntime cuda, string path) => (Nccl, Cuda, Path) = (nccl, cuda, path);

    public NcclLibrary Nccl { get; }

    public CudaRuntime Cuda { get; }

    public string Path { get; }

    /// <summary>The process's runtime; null, with one sentence why and what to do.</summary>
    public static NcclRuntime? Find(out string trouble)
    {
        (var runtime, trouble) = Default.Value;
        return runtime;
    }

    public static (NcclRuntime? Runtime, string Trouble) Load(IEnumerable<string> candidates, CudaRuntime cuda)
    {
        try
        {
            return LoadedLibrary.Load(candidates, out string trouble) is { } library
                ? (new NcclRuntime(new NcclLibrary(library), cuda, library.Path), "")
                : (null, $"NCCL was not found ({trouble}). Install libnccl2, or put its folder into LD_LIBRARY_PATH, or its path into MAMMUT_NCCL.");
        }
        catch (CollectiveException e)
        {
            return (null, $"NCCL cannot be used here: {e.Message}");
        }
    }
}
