using System.Runtime.InteropServices;

namespace MammutScale.Collectives.Cuda;

/// <summary>A shared library and its functions. It stays loaded: what has once run on a GPU is never safe to unload.</summary>
internal sealed class LoadedLibrary
{
    private readonly nint _handle;

    private LoadedLibrary(nint handle, string path) => (_handle, Path) = (handle, path);

    public string Path { get; }

    /// <summary>The first of the candidates that loads; null, and why each did not.</summary>
    public static LoadedLibrary? Load(IEnumerable<string> candidates, out string trouble)
    {
        var troubles = new List<string>();
        foreach (string candidate in candidates)
        {
            try
            {
                trouble = "";
                return new LoadedLibrary(NativeLibrary.Load(candidate), candidate);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                troubles.Add(File.Exists(candidate) || !candidate.Contains('/') ? $"{candidate}: {FirstLine(e.Message)}" : $"{candidate} does not exist");
            }
        }
        trouble = string.Join("; ", troubles);
        return null;
    }

    /// <exception cref="CollectiveException">The library does not have it.</exception>
    public nint Required(string function) => Optional(function) is not 0 and var address
        ? address
        : throw new CollectiveException($"{Path} has no function {function}; it is too old or not the library that it should be.");

    public nint Optional(string function) => NativeLibrary.TryGetExport(_handle, function, out nint address) ? address : 0;

    private static string FirstLine(string message)
    {
        string line = message.Split('\n', 2)[^1].Split('\n')[0];
        return line.Trim();
    }
}
