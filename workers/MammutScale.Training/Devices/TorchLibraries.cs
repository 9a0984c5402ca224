using System.Runtime.InteropServices;
using TorchSharp;

namespace MammutScale.Training.Devices;

/// <summary>
/// Loads torch before anything else does, so that a machine where it cannot be loaded says why: TorchSharp itself blames a
/// missing package whatever the cause. MAMMUT_LIBTORCH names the lib folder of an installed PyTorch to use instead of a package.
/// </summary>
public static class TorchLibraries
{
    public const string FolderVariable = "MAMMUT_LIBTORCH";
    internal const string Binding = "libLibTorchSharp.so";
    private const string Core = "libtorch_cpu.so";
    private static readonly string[] Libraries = ["libc10.so", Core, "libtorch.so"];
    private static readonly string[] CudaLibraries = ["libc10_cuda.so", "libtorch_cuda.so"];

    /// <summary>The program brings no libtorch, or is told to use another one.</summary>
    public static bool IsExternal => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(FolderVariable)) || !File.Exists(Path.Combine(AppContext.BaseDirectory, Core));

    /// <summary>Loads what <see cref="FolderVariable"/> says, or what comes with the program.</summary>
    /// <exception cref="DeviceException">Torch cannot be loaded, or does not fit.</exception>
    public static void Load() => Load(Environment.GetEnvironmentVariable(FolderVariable), AppContext.BaseDirectory);

    /// <param name="folder">Of an installed PyTorch; null or empty: the loader's own path.</param>
    /// <param name="program">Where the program's own libraries are.</param>
    /// <exception cref="DeviceException">Torch cannot be loaded, or does not fit.</exception>
    internal static void Load(string? folder, string program)
    {
        var own = Path.Combine(program, Core);
        if (!string.IsNullOrEmpty(folder))
        {
            Preload(folder, own);
            TorchFit.ThrowIfUnfit(Path.Combine(program, Binding), folder);
        }

        // before TorchSharp tries, which writes a page about packages when it fails
        if (Cause(program) is { } cause) throw new DeviceException($"Torch cannot be loaded on this machine: {cause}");
        try
        {
            using var probe = torch.zeros(1);
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or NotSupportedException or FileNotFoundException or EntryPointNotFoundException)
        {
            throw new DeviceException($"Torch cannot be loaded on this machine: {e.GetBaseException().Message}", e);
        }
    }

    /// <summary>Libraries that are loaded already satisfy those that LibTorchSharp asks for by name.</summary>
    private static void Preload(string folder, string own)
    {
        if (!Directory.Exists(folder)) throw new DeviceException($"{FolderVariable} is '{folder}', but there is no such folder: give the lib folder of an installed PyTorch.");
        var core = Path.Combine(folder, Core);
        if (!File.Exists(core)) throw new DeviceException($"{FolderVariable} is '{folder}', but there is no {Core} in it: give the lib folder of an installed PyTorch.");
        if (File.Exists(own) && !IsSame(own, core))
        {
            // two copies in one process end it
            throw new DeviceException($"{FolderVariable} is '{folder}', but this program was built with a libtorch of its own. Publish it with -p:MammutTorch=external, or unset {FolderVariable}.");
        }

        foreach (var name in Libraries.Concat(CudaLibraries.Where(n => File.Exists(Path.Combine(folder, n)))))
        {
            try
            {
                NativeLibrary.Load(Path.Combine(folder, name));
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                throw new DeviceException($"{FolderVariable} is '{folder}', but {name} cannot be loaded from there: {LoaderMessage.Of(e)}. Put the folders of what it needs into LD_LIBRARY_PATH.", e);
            }
        }
    }

    /// <summary>What the loader itself says about the first library that does not load.</summary>
    private static string? Cause(string program)
    {
        foreach (var name in Libraries.Append(Binding))
        {
            var beside = Path.Combine(program, name);
            try
            {
                NativeLibrary.Load(File.Exists(beside) ? beside : name);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                var why = LoaderMessage.Of(e);
                return File.Exists(beside) ? why : $"{why}. This program brings no libtorch: name the lib folder of an installed PyTorch in {FolderVariable}.";
            }
        }

        return null;
    }

    private static bool IsSame(string left, string right) => Resolved(left) == Resolved(right);

    private static string Resolved(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
}
