using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MammutScale.Training.Devices;

/// <summary>The GPUs that torch can compute on.</summary>
/// <param name="Count">How many; 0 for none.</param>
/// <param name="Trouble">Why there is none, in a sentence.</param>
public sealed record GpuInventory(int Count, string Trouble)
{
    private const string CudaLibrary = "libtorch_cuda.so";

    /// <summary>Asks torch, and where it says no, the loader for the reason: torch passes over a CUDA half that does not load in silence.</summary>
    public static GpuInventory Find()
    {
        var count = cuda.is_available() ? cuda.device_count() : 0;
        return count > 0 ? new GpuInventory(count, "") : new GpuInventory(0, Reason(CudaLibrary));
    }

    internal static string Reason(string library)
    {
        try
        {
            NativeLibrary.Load(library);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            var why = LoaderMessage.Of(e);
            return why.StartsWith(library, StringComparison.Ordinal)
                ? $"this libtorch has no CUDA half ({why}). Publish with -p:MammutTorch=external and point MAMMUT_LIBTORCH and LD_LIBRARY_PATH to a PyTorch with CUDA."
                : $"{library} does not load: {why}. Put the folder that holds it into LD_LIBRARY_PATH.";
        }

        return "torch's CUDA half is loaded, but finds no device: look at `nvidia-smi`, the driver's version and CUDA_VISIBLE_DEVICES.";
    }
}
