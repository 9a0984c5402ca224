namespace MammutScale.Collectives.Cuda;

/// <summary>Where libraries of NVIDIA are looked for.</summary>
internal static class LibraryPaths
{
    /// <summary>
    /// What the variable names, and nothing else then; otherwise the folders that an installed PyTorch (MAMMUT_LIBTORCH) has
    /// beside its own, then the loader's own path.
    /// </summary>
    public static IEnumerable<string> Candidates(string variable, params string[] names)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path) return [path];
        var found = new List<string>();
        if (Environment.GetEnvironmentVariable("MAMMUT_LIBTORCH") is { Length: > 0 } torch)
        {
            string packages = Path.GetFullPath(Path.Combine(torch, "..", "..", "nvidia"));
            if (Directory.Exists(packages))
            {
                found.AddRange(Directory.EnumerateDirectories(packages).Order(StringComparer.Ordinal).Select(folder => Path.Combine(folder, "lib"))
                    .SelectMany(folder => names.Select(name => Path.Combine(folder, name))).Where(File.Exists));
            }
        }
        return [.. found, .. names];
    }
}
