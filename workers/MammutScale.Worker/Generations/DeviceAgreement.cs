using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using MammutScale.Collectives;
using MammutScale.Training.Devices;

namespace MammutScale.Worker.Generations;

/// <summary>Whether the ranks' devices can form a group: all in host memory, or all GPUs and no GPU twice.</summary>
internal static class DeviceAgreement
{
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    /// <param name="Computes">0: in host memory, 1: on a GPU.</param>
    /// <param name="Number">Of the GPU in its process.</param>
    /// <param name="Place">Names the GPU on its machine; 0: nothing to compare.</param>
    internal readonly record struct RankDevice(int Computes, int Number, ulong Place);

    /// <exception cref="CollectiveException">They cannot; names a rank and what to do.</exception>
    public static void Check(ICollectives control, TrainingDevice device)
    {
        var all = Exchange(control, Mine(device));
        if (Fault(all) is { } fault) throw new CollectiveException(fault.Text, fault.Rank);
    }

    internal static (string Text, int Rank)? Fault(ReadOnlySpan<RankDevice> ranks)
    {
        for (var rank = 1; rank < ranks.Length; rank++)
        {
            if (ranks[rank].Computes != ranks[0].Computes)
                return ($"Rank {rank} trains on {Name(ranks[rank])}, rank 0 on {Name(ranks[0])}: start all workers with the same --device.", rank);
            for (var other = 0; other < rank; other++)
            {
                if (ranks[rank].Place != 0 && ranks[rank].Place == ranks[other].Place)
                    return ($"Ranks {other} and {rank} are on the same GPU ({Name(ranks[rank])} of one machine), and NCCL needs one for each: give each worker its own --device cuda:N, LOCAL_RANK or CUDA_VISIBLE_DEVICES.", rank);
            }
        }

        return null;
    }

    private static RankDevice Mine(TrainingDevice device) =>
        new(device.IsHost ? 0 : 1, device.Index, device.IsCuda && CudaDevice.BusId(device.Index) is { } bus ? Hash($"{Boot()}/{bus}") : 0);

    private static RankDevice[] Exchange(ICollectives control, RankDevice mine)
    {
        var size = Marshal.SizeOf<RankDevice>();
        var send = GC.AllocateArray<byte>(size, pinned: true);
        var receive = GC.AllocateArray<byte>(size * control.WorldSize, pinned: true);
        MemoryMarshal.Write(send, mine);
        control.AllGather(Pinned(send), Pinned(receive)).Wait();
        return MemoryMarshal.Cast<byte, RankDevice>(receive).ToArray();
    }

    private static DeviceBuffer Pinned(byte[] array) => new(Marshal.UnsafeAddrOfPinnedArrayElement(array, 0), array.Length, ElementType.UInt8);

    private static string Name(RankDevice device) => device.Computes == 0 ? "the CPU" : $"cuda:{device.Number}";

    /// <summary>The same for all containers of a machine, another after each start of it.</summary>
    private static string Boot() => File.Exists(BootId) ? File.ReadAllText(BootId).Trim() : Environment.MachineName;

    private static ulong Hash(string text) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text));
}
