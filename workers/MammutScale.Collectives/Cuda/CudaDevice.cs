using MammutScale.Collectives.Cuda;

namespace MammutScale.Collectives;

/// <summary>What the CUDA runtime says about a device of this machine.</summary>
public static class CudaDevice
{
    /// <summary>Memory in use by all processes, and all there is, bytes; null without a CUDA runtime.</summary>
    public static (long Used, long Total)? Memory(int device)
    {
        if (CudaRuntime.Find(out _) is not { } cuda) return null;
        cuda.SetDevice(device);
        var (free, total) = cuda.Memory();
        return (total - free, total);
    }

    /// <summary>The device's place in its machine, the same for all processes; null without a CUDA runtime.</summary>
    public static string? BusId(int device) => CudaRuntime.Find(out _)?.BusId(device);
}
