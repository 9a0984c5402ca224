using System.Globalization;
using System.Net;

namespace MammutScale.Collectives.Rank;

/// <summary>
/// gpu RANK BYTES: as <see cref="Member"/>, but over NCCL (or what stands in for it). When a rank is lost, the others say
/// "failed …" and go on without it in the same process: "recovered shrink|connect WORLD", and after some rounds "done".
/// </summary>
internal static class GpuMember
{
    private const int RoundsAfterwards = 20;

    public static async Task<int> RunAsync(string[] args)
    {
        int rank = int.Parse(args[0], CultureInfo.InvariantCulture);
        var values = GC.AllocateArray<float>((int)(long.Parse(args[1], CultureInfo.InvariantCulture) / sizeof(float)), pinned: true);
        using var listener = TcpRendezvousListener.Bind("127.0.0.1");
        Say($"port {listener.EndPoint}");
        if (Console.ReadLine()?.Split(' ') is not ["start", var secret, _, .. var endPoints]) return 2;
        var options = new TcpGroupOptions
        {
            Rank = rank,
            EndPoints = [.. endPoints.Select(IPEndPoint.Parse)],
            Secret = Convert.FromHexString(secret),
            Generation = 1,
            Listener = listener,
        };
        var gpu = new NcclGroupOptions { Device = rank, Log = Say };
        var group = await NcclGroup.ConnectAsync(gpu, await TcpGroup.ConnectAsync(options));
        try
        {
            Say("running");
            for (int round = 1; ; round++)
            {
                Sum(group, values);
                if (round % 20 == 0) Say($"round {round}");
            }
        }
        catch (CollectiveException e)
        {
            Say($"failed {e.FailedRank?.ToString(CultureInfo.InvariantCulture) ?? "?"} 0 {e.Message}");
            if (e.FailedRank is not { } lost) return 3;
            group = await RecoverAsync(group, gpu, options, lost);
            for (int round = 0; round < RoundsAfterwards; round++) Sum(group, values);
            group.Dispose();
            Say("done");
            return 0;
        }
    }

    private static async Task<NcclGroup> RecoverAsync(NcclGroup old, NcclGroupOptions gpu, TcpGroupOptions options, int lost)
    {
        var control = await TcpGroup.ConnectAsync(options with
        {
            Rank = options.Rank < lost ? options.Rank : options.Rank - 1,
            EndPoints = [.. options.EndPoints.Where((_, rank) => rank != lost)],
            Generation = options.Generation + 1,
        });
        var shrunk = await old.ShrinkAsync([lost], control);
        var group = shrunk ?? await NcclGroup.ConnectAsync(gpu, control);
        old.Dispose();
        Say($"recovered {(shrunk is null ? "connect" : "shrink")} {group.WorldSize}");
        return group;
    }

    private static unsafe void Sum(NcclGroup group, float[] values)
    {
        values.AsSpan().Fill(1);
        fixed (float* place = values)
        {
            var work = group.AllReduce(new DeviceBuffer((nint)place, values.Length, ElementType.Float32));
            while (!work.IsCompleted) Thread.Yield();
            work.Wait();
        }
        if (values[^1] != group.WorldSize) throw new InvalidOperationException($"The sum is {values[^1]} in a world of {group.WorldSize}.");
    }

    private static void Say(string line)
    {
        Console.WriteLine(line);
        Console.Out.Flush();
    }
}
