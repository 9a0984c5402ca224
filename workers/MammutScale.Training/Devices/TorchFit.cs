using System.Runtime.InteropServices;

namespace MammutScale.Training.Devices;

/// <summary>
/// Whether a libtorch is one that TorchSharp's native half can call. It was compiled against one version; under another a function
/// that is missing ends the process when it is called, without an exception, and a class whose virtual functions have moved calls the
/// wrong one. Both show before anything is computed.
/// </summary>
internal static class TorchFit
{
    /// <summary>The libtorch that TorchSharp's native half was compiled for; to ask TorchSharp itself would load it.</summary>
    internal const string BuiltFor = "2.10";
    private const int Shown = 3;
    private static readonly string[] Libraries = ["libtorch_cpu.so", "libtorch.so", "libc10.so"];

    /// <param name="binding">libLibTorchSharp.so.</param>
    /// <param name="folder">Holds the libtorch, which is loaded.</param>
    /// <exception cref="DeviceException">It does not fit.</exception>
    public static void ThrowIfUnfit(string binding, string folder)
    {
        if (!File.Exists(binding)) return;
        var handles = Libraries.Select(name => NativeLibrary.Load(Path.Combine(folder, name))).ToList();
        var wanted = ElfSymbols.Wanted(binding).Where(IsTorch).ToList();
        var missing = wanted.Where(name => !handles.Exists(handle => NativeLibrary.TryGetExport(handle, name, out _))).ToList();
        if (missing.Count > 0)
            throw new DeviceException($"{About(folder)}: {missing.Count} of the {wanted.Count} functions that it calls are missing, {List(missing)}. {Remedy}");
        if (VirtualTables.Moved(handles) is { Count: > 0 } moved)
            throw new DeviceException($"{About(folder)}: virtual functions have moved, {List(moved)}. {Remedy}");
    }

    private const string Remedy = "Use a PyTorch of the version that TorchSharp names, or one whose libtorch has the same interface.";

    private static string About(string folder) =>
        $"The libtorch in '{folder}'{(InstalledVersion(folder) is { } version ? $" (PyTorch {version})" : "")} does not fit TorchSharp {typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(3)}, which was built for libtorch {BuiltFor}";

    /// <summary>torch/version.py stands beside torch/lib.</summary>
    internal static string? InstalledVersion(string folder)
    {
        var file = Path.Combine(folder, "..", "version.py");
        if (!File.Exists(file)) return null;
        return File.ReadLines(file).Where(l => l.StartsWith("__version__", StringComparison.Ordinal)).Select(l => l.Split('=')[^1].Trim(' ', '\'', '"')).FirstOrDefault();
    }

    private static bool IsTorch(string symbol) => symbol.StartsWith("_Z", StringComparison.Ordinal)
        && (symbol.Contains("2at", StringComparison.Ordinal) || symbol.Contains("3c10", StringComparison.Ordinal) || symbol.Contains("5torch", StringComparison.Ordinal));

    private static string List(List<string> names) => $"{string.Join(", ", names.Take(Shown))}{(names.Count > Shown ? $" and {names.Count - Shown} more" : "")}";
}
