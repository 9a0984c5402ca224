using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MammutScale.Collectives.Tests.Nccl;

/// <summary>The C library that stands in for NCCL and the CUDA runtime (tests/native), and its functions for tests.</summary>
internal static partial class StandIn
{
    private static readonly Lazy<nint> Handle = new(() => NativeLibrary.Load(NewLibrary));

    public static string NewLibrary => Path.Combine(AppContext.BaseDirectory, "native", "new", "libnccl.so.2");

    public static string OldLibrary => Path.Combine(AppContext.BaseDirectory, "native", "old", "libnccl.so.2");

    public static string AbiProbe => Path.Combine(AppContext.BaseDirectory, "native", "abi_probe");

    public static void SkipIfMissing() => Assert.SkipUnless(File.Exists(NewLibrary), "there was no C compiler to build the stand-in for NCCL");

    public static int LiveComms => Call("standin_live_comms");

    public static int LiveStreams => Call("standin_live_streams");

    public static int LiveEvents => Call("standin_live_events");

    /// <summary>From now on communicators report this result; 0 ends it.</summary>
    public static unsafe void Inject(int result) => ((delegate* unmanaged<int, void>)Export("standin_inject"))(result);

    /// <summary>A slow kernel on the device's compute stream that fills floats.</summary>
    public static unsafe void Fill(int device, DeviceBuffer buffer, float value, int milliseconds)
    {
        SetDevice(device);
        ((delegate* unmanaged<nint, nuint, float, int, void>)Export("standin_fill"))(buffer.Address, (nuint)buffer.Count, value, milliseconds);
    }

    /// <summary>A kernel on the device's compute stream that copies.</summary>
    public static unsafe void Copy(int device, DeviceBuffer to, DeviceBuffer from)
    {
        SetDevice(device);
        ((delegate* unmanaged<nint, nint, nuint, void>)Export("standin_copy"))(to.Address, from.Address, (nuint)from.Bytes);
    }

    /// <summary>The host waits for the device's compute stream.</summary>
    public static unsafe void Synchronize(int device)
    {
        SetDevice(device);
        ((delegate* unmanaged<void>)Export("standin_synchronize"))();
    }

    [ModuleInitializer]
    internal static void UseStandIn()
    {
        Environment.SetEnvironmentVariable("MAMMUT_NCCL", NewLibrary);
        Environment.SetEnvironmentVariable("MAMMUT_CUDART", NewLibrary);
    }

    private static unsafe void SetDevice(int device) => ((delegate* unmanaged<int, int>)Export("cudaSetDevice"))(device).ShouldBe(0);

    private static unsafe int Call(string function) => ((delegate* unmanaged<int>)Export(function))();

    private static nint Export(string function) => NativeLibrary.GetExport(Handle.Value, function);
}
