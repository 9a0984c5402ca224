using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace MammutScale.Collectives.Rank;

/// <summary>
/// member RANK BYTES [key=value …]: says "port N", waits for "start SECRET GENERATION ENDPOINT…", joins, and all-reduces until
/// something goes wrong or stdin says "stop". Says "running", a line "round N" for every 20, and at last "done" or
/// "failed RANK MILLISECONDS-SINCE-LAST-GOOD MESSAGE".
/// </summary>
internal static class Member
{
    public static unsafe int Run(string[] args)
    {
        int rank = int.Parse(args[0], CultureInfo.InvariantCulture);
        long count = long.Parse(args[1], CultureInfo.InvariantCulture) / sizeof(float);
        var settings = args.Skip(2).Select(a => a.Split('=')).ToDictionary(a => a[0], a => a[1]);
        using var listener = TcpRendezvousListener.Bind(settings.GetValueOrDefault("interface", "127.0.0.1"));
        Say($"port {listener.EndPoint}");
        if (Console.ReadLine()?.Split(' ') is not ["start", var secret, var generation, .. var endPoints]) return 2;
        var options = new TcpGroupOptions
        {
            Rank = rank,
            EndPoints = [.. endPoints.Select(IPEndPoint.Parse)],
            Secret = Convert.FromHexString(secret),
            Generation = long.Parse(generation, CultureInfo.InvariantCulture),
            Listener = listener,
            SharedMemory = settings.GetValueOrDefault("shared", "true") == "true",
            Timing = new() { SilenceTimeout = TimeSpan.FromMilliseconds(double.Parse(settings.GetValueOrDefault("silence", "8000"), CultureInfo.InvariantCulture)) },
            Log = Say,
        };
        long lastGood = Stopwatch.GetTimestamp();
        try
        {
            using var group = TcpGroup.ConnectAsync(options).GetAwaiter().GetResult();
            float* values = (float*)NativeMemory.Alloc((nuint)Math.Max(count, 1), sizeof(float));
            Say("running");
            bool stop = false;
            var listening = new Thread(() =>
            {
                while (Console.ReadLine() is { } line && line != "stop")
                {
                    // nothing else is known
                }
                Volatile.Write(ref stop, true);
            });
            listening.IsBackground = true;
            listening.Start();
            for (int round = 1; ; round++)
            {
                // everybody stops in the same round: whether anybody wants to is itself reduced
                new Span<float>(values, (int)count).Fill(1);
                values[0] = Volatile.Read(ref stop) ? 1 : 0;
                group.AllReduce(new DeviceBuffer((nint)values, count, ElementType.Float32)).Wait();
                if (values[count - 1] != group.WorldSize) throw new InvalidOperationException($"The sum is {values[count - 1]}.");
                lastGood = Stopwatch.GetTimestamp();
                if (values[0] > 0) break;
                if (round % 20 == 0) Say($"round {round}");
            }
            NativeMemory.Free(values);
            Say("done");
            return 0;
        }
        catch (CollectiveException e)
        {
            Say($"failed {e.FailedRank?.ToString(CultureInfo.InvariantCulture) ?? "?"} {Stopwatch.GetElapsedTime(lastGood).TotalMilliseconds:0} {e.Message}");
            return 3;
        }
    }

    private static void Say(string line)
    {
        Console.WriteLine(line);
        Console.Out.Flush();
    }
}
