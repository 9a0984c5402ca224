using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MammutScale.Collectives;

namespace MammutScale.Training.Tests.Support;

/// <summary>The C library that stands in for NCCL and the CUDA runtime (tests/native), with this process's CPU as its device.</summary>
internal static class StandIn
{
    private static readonly Lazy<bool> Ready = new(HostComputes);

    public static string Library => Path.Combine(AppContext.BaseDirectory, "native", "new", "libnccl.so.2");

    /// <summary>Then NCCL and the CUDA runtime are the real ones.</summary>
    public static bool HasGpu { get; } = TorchSharp.torch.cuda.is_available();

    public static void SkipIfMissing()
    {
        Assert.SkipWhen(HasGpu, "this machine has the real libraries");
        Assert.SkipUnless(File.Exists(Library), "there was no C compiler to build the stand-in for NCCL");
        Ready.Value.ShouldBeTrue();
    }

    /// <summary>NCCL groups of ranks that are threads, each with a device of its own and a TCP group to control it.</summary>
    public static ICollectives[] Groups(int world, int generation = 1)
    {
        var listeners = Enumerable.Range(0, world).Select(_ => TcpRendezvousListener.Bind("127.0.0.1")).ToArray();
        IPEndPoint[] endPoints = [.. listeners.Select(l => l.EndPoint)];
        var joining = listeners.Select(async (listener, rank) =>
        {
            var control = await TcpGroup.ConnectAsync(new TcpGroupOptions { Rank = rank, EndPoints = endPoints, Secret = new byte[32], Generation = generation, Listener = listener });
            return await NcclGroup.ConnectAsync(new NcclGroupOptions { Device = rank, WatchInterval = TimeSpan.FromMilliseconds(20) }, control);
        });
        ICollectives[] groups = [.. Task.WhenAll(joining).GetAwaiter().GetResult()];
        foreach (var listener in listeners) listener.Dispose();
        return groups;
    }

    [ModuleInitializer]
    internal static void Use()
    {
        if (HasGpu) return;
        Environment.SetEnvironmentVariable("MAMMUT_NCCL", Library);
        Environment.SetEnvironmentVariable("MAMMUT_CUDART", Library);
    }

    private static unsafe bool HostComputes()
    {
        ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(NativeLibrary.Load(Library), "standin_host_computes"))(1);
        return true;
    }
}
