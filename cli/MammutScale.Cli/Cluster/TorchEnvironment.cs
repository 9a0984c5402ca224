namespace MammutScale.Cli.Cluster;

/// <summary>
/// Environment of processes that compute with torch. glibc gives every tensor of some megabytes back to the kernel and
/// faults it in again; jemalloc without decay, or glibc with huge pages, makes a step up to a third faster. Either must be
/// set before the process starts.
/// </summary>
internal static class TorchEnvironment
{
    private static readonly string[] LibraryFolders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"];

    public static IReadOnlyDictionary<string, string> For(int threads)
    {
        var environment = new Dictionary<string, string>
        {
            ["OMP_NUM_THREADS"] = threads.ToString(),
            // waiting threads that spin for long take the cores from those that compute; some microseconds are cheaper than a sleep
            ["OMP_WAIT_POLICY"] = "passive",
            ["GOMP_SPINCOUNT"] = "20000",
            ["DOTNET_gcServer"] = "0",
        };
        if (Environment.GetEnvironmentVariable("LD_PRELOAD") is { Length: > 0 } || Environment.GetEnvironmentVariable("GLIBC_TUNABLES") is { Length: > 0 }) return environment;
        string? jemalloc = LibraryFolders.Select(folder => Path.Combine(folder, "libjemalloc.so.2")).FirstOrDefault(File.Exists);
        if (jemalloc is null)
        {
            environment["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1";
            return environment;
        }

        environment["LD_PRELOAD"] = jemalloc;
        environment["MALLOC_CONF"] = "dirty_decay_ms:-1,muzzy_decay_ms:-1";
        return environment;
    }
}
