namespace MammutScale.Collectives.Nccl;

/// <summary>NCCL and the CUDA runtime of this process, found once.</summary>
internal sealed class NcclRuntime
{
    private static readonly Lazy<(NcclRuntime? Runtime, string Trouble)> Default = new(() => Load(Candidates("MAMMUT_NCCL", "libnccl.so.2"), Candidates("MAMMUT_CUDART", "libcudart.so.13", "libcudart.so.12", "libcudart.so")));

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

    public static (NcclRuntime? Runtime, string Trouble) Load(IEnumerable<string> ncclCandidates, IEnumerable<string> cudartCandidates)
    {
        try
        {
            if (LoadedLibrary.Load(cudartCandidates, out string trouble) is not { } cudart)
                return (null, $"The CUDA runtime was not found ({trouble}). Install CUDA, or put its folder into LD_LIBRARY_PATH, or its path into MAMMUT_CUDART.");
            var cuda = new CudaRuntime(cudart);
            if (cuda.DeviceCount == 0) return (null, "There is no CUDA device on this machine.");
            if (LoadedLibrary.Load(ncclCandidates, out trouble) is not { } library)
                return (null, $"NCCL was not found ({trouble}). Install libnccl2, or put its folder into LD_LIBRARY_PATH, or its path into MAMMUT_NCCL.");
            return (new NcclRuntime(new NcclLibrary(library), cuda, library.Path), "");
        }
        catch (CollectiveException e)
        {
            return (null, $"NCCL cannot be used here: {e.Message}");
        }
    }

    // an installed PyTorch brings NCCL and the CUDA runtime in folders beside its own
    private static IEnumerable<string> Candidates(string variable, params string[] names)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path) return [path];
        var found = new List<string>();
        if (Environment.GetEnvironmentVariable("MAMMUT_LIBTORCH") is { Length: > 0 } torch)
        {
            string packages = System.IO.Path.GetFullPath(System.IO.Path.Combine(torch, "..", "..", "nvidia"));
            if (Directory.Exists(packages))
            {
                found.AddRange(Directory.EnumerateDirectories(packages).Select(folder => System.IO.Path.Combine(folder, "lib"))
                    .SelectMany(folder => names.Select(name => System.IO.Path.Combine(folder, name))).Where(File.Exists));
            }
        }
        return [.. found, .. names];
    }
}
