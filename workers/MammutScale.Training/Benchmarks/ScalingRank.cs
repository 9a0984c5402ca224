using System.Globalization;
using System.Net;
using MammutScale.Collectives;
using MammutScale.Training.Configuration;
using MammutScale.Training.Phases;
using MammutScale.Training.Replicas;
using MammutScale.Training.Steps;
using static TorchSharp.torch;

namespace MammutScale.Training.Benchmarks;

/// <summary>One worker of the scaling benchmark, in its own process with one compute thread.</summary>
internal static class ScalingRank
{
    /// <param name="args">Rank, model, samples a step.</param>
    /// <param name="input">start SECRET PORT…, then run alone|together STEPS.</param>
    /// <param name="output">port N, ready, and for each run: step SECONDS EXPOSED of the median step.</param>
    public static int Run(IReadOnlyList<string> args, TextReader input, TextWriter output)
    {
        void Say(string line)
        {
            output.WriteLine(line);
            output.Flush();
        }

        set_num_threads(1);
        var rank = int.Parse(args[0], CultureInfo.InvariantCulture);
        var batch = int.Parse(args[2], CultureInfo.InvariantCulture);
        using var listener = TcpRendezvousListener.Bind("127.0.0.1");
        Say($"port {listener.Port}");
        if (input.ReadLine()?.Split(' ') is not ["start", var secret, .. var ports]) return 2;
        using var group = TcpGroup.ConnectAsync(new TcpGroupOptions
        {
            Rank = rank,
            EndPoints = [.. ports.Select(port => new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)))],
            Secret = Convert.FromHexString(secret),
            Generation = 1,
            Listener = listener,
        }).GetAwaiter().GetResult();
        using var alone = InProcessGroup.Create(1)[0];
        var file = BenchFile.For(args[1], batch * ports.Length);
        using var replica = new Replica(file, ModelShape.Resolve(file), rank, ports.Length, 1);
        Say("ready");
        while (input.ReadLine()?.Split(' ') is ["run", var how, var steps])
        {
            var phases = Measure(replica, file, how == "alone" ? alone : group, batch, int.Parse(steps, CultureInfo.InvariantCulture));
            Say(string.Create(CultureInfo.InvariantCulture, $"step {phases.Total:0.000000} {phases.Communication:0.000000}"));
        }

        return 0;
    }

    private static StepPhases Measure(Replica replica, RunFile file, ICollectives group, int batch, int steps)
    {
        var clock = new PhaseClock(TimeProvider.System);
        using var trainer = new Trainer(replica, file, group, 1000, clock);
        var measured = new List<StepPhases>();
        for (var step = 0; step <= steps; step++)
        {
            using var noise = SyntheticBatch.Create(replica.Model.Config, step, batch, group.Rank);
            clock.EndStep();
            trainer.Step(noise);
            if (step > 0) measured.Add(clock.EndStep());
        }

        return measured.OrderBy(p => p.Total).ElementAt(measured.Count / 2);
    }
}
