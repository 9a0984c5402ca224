using System.Runtime.InteropServices;
using MammutScale.Worker.Generations;

namespace MammutScale.Worker.Hosting;

/// <summary>
/// Loads torch before anything else does, so that a machine where it cannot be loaded says why: TorchSharp itself blames a
/// missing package whatever the cause. MAMMUT_LIBTORCH names the lib folder of an installed PyTorch to use instead.
/// </summary>
internal static class TorchProbe
{
    public const string FolderVariable = "MAMMUT_LIBTORCH";
    private static readonly string[] Libraries = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private static readonly string[] CudaLibraries = ["libc10_cuda.so", "libtorch_cuda.so"];

    /// <exception cref="WorkerException">Torch cannot be loaded.</exception>
    public static void Load(string? folder)
    {
        if (!string.IsNullOrEmpty(folder)) Preload(folder);
        try
        {
            using var probe = TorchSharp.torch.zeros(1);
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or NotSupportedException or FileNotFoundException or EntryPointNotFoundException)
        {
            throw new WorkerException($"Torch cannot be loaded on this machine: {Cause() ?? e.GetBaseException().Message}", ExitCodes.NoTorch, e);
        }
    }

    /// <summary>Libraries that are loaded already satisfy those that LibTorchSharp asks for by name.</summary>
    private static void Preload(string folder)
    {
        if (!Directory.Exists(folder)) throw new WorkerException($"{FolderVariable} is '{folder}', but there is no such folder: give the lib folder of an installed PyTorch.", ExitCodes.NoTorch);
        foreach (var name in Libraries.Concat(CudaLibraries.Where(n => File.Exists(Path.Combine(folder, n)))))
        {
            try
            {
                NativeLibrary.Load(Path.Combine(folder, name));
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                throw new WorkerException($"{FolderVariable} is '{folder}', but {name} cannot be loaded from there: {FirstLine(e.Message)}", ExitCodes.NoTorch, e);
            }
        }
    }

    /// <summary>What the loader itself says about the first library that does not load.</summary>
    private static string? Cause()
    {
        foreach (var name in Libraries.Append("libLibTorchSharp.so"))
        {
            var beside = Path.Combine(AppContext.BaseDirectory, name);
            try
            {
                NativeLibrary.Load(File.Exists(beside) ? beside : name);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                return FirstLine(e.Message);
            }
        }

        return null;
    }

    private static string FirstLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .FirstOrDefault(l => l.Contains(": ", StringComparison.Ordinal) || l.Contains("GLIBC", StringComparison.Ordinal)) ?? text;
}
