using System.Diagnostics;
using MammutScale.Collectives.Benchmark;
using MammutScale.Collectives.Rank;

// One rank in a process of its own, for tests that kill, stop or cut off real processes, and for the benchmark.
switch (args)
{
    case ["bench", .. var rest]:
        return AllReduceBench.RunRank(rest);
    case ["member", .. var rest]:
        return Member.Run(rest);
    case ["gpu", .. var rest]:
        return await GpuMember.RunAsync(rest);
    case ["compare", var script, .. var sizes]:
        var options = new AllReduceBenchOptions
        {
            StartRank = rank => new ProcessStartInfo(Environment.ProcessPath!, [Environment.GetCommandLineArgs()[0], "bench", .. rank]),
            GlooScript = script,
            Log = Console.Error.WriteLine,
        };
        if (sizes.Length > 0) options = options with { Sizes = [.. sizes.Select(long.Parse)] };
        Console.WriteLine((await new AllReduceBench(options).RunAsync()).ToJson());
        return 0;
    default:
        return 64;
}
