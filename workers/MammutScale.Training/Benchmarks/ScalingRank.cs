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
    /// <param name="input">start SECRET PORT…, then run alone|together STEPS, or bucket MB|default.</param>
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
        var subject = new Subject(args[1], batch, rank, ports.Length, []);
        try
        {
            Say("ready");
            while (input.ReadLine()?.Split(' ') is { } words)
            {
                if (words is ["run", var how, var steps])
                {
                    var phases = Measure(subject, how == "alone" ? alone : group, batch, int.Parse(steps, CultureInfo.InvariantCulture));
                    Say(string.Create(CultureInfo.InvariantCulture, $"step {phases.Total:0.000000} {phases.Communication:0.000000}"));
                }
                else if (words is ["bucket", var size])
                {
                    subject.Dispose();
                    subject = new Subject(args[1], batch, rank, ports.Length, size == "default" ? [] : [$"train.bucket_mb={size}"]);
                    Say("ready");
                }
            }
        }
        finally
        {
            subject.Dispose();
        }

        return 0;
    }

    private static StepPhases Measure(Subject subject, ICollectives group, int batch, int steps)
    {
        using var clock = new PhaseClock(TimeProvider.System);
        using var trainer = new Trainer(subject.Replica, subject.File, group, 1000, clock);
        var measured = new List<StepPhases>();
        for (var step = 0; step <= steps; step++)
        {
            using var noise = SyntheticBatch.Create(subject.Replica.Model.Config, step, batch, group.Rank);
            clock.EndStep();
            trainer.Step(noise);
            if (step > 0) measured.Add(clock.EndStep());
        }

        return measured.OrderBy(p => p.Total).ElementAt(measured.Count / 2);
    }

    /// <summary>What is trained.</summary>
    private sealed class Subject : IDisposable
    {
        public Subject(string model, int batch, int rank, int world, string[] overrides)
        {
            File = BenchFile.For(model, batch * world, overrides);
            Replica = new Replica(File, ModelShape.Resolve(File), rank, world, 1);
        }

        public RunFile File { get; }

        public Replica Replica { get; }

        public void Dispose() => Replica.Dispose();
    }
}
