using MammutScale.Collectives;
using MammutScale.DataLoader.Pipeline;
using MammutScale.Storage;
using MammutScale.Training.Configuration;
using MammutScale.Training.Devices;
using MammutScale.Training.Runs;

namespace MammutScale.Training.Tests.Support;

/// <summary>Sessions that train together on <see cref="TinyRun"/>'s data, with checkpoints in a folder.</summary>
internal sealed class SmallCluster(RunFile file, string folder, long steps) : IDisposable
{
    private readonly List<TrainingSession> _sessions = [];

    public IBlobStore Store { get; init; } = BlobStores.Open(folder);

    /// <summary>What each rank told in the last generation.</summary>
    public Recorder[] Recorders { get; private set; } = [];

    public IReadOnlyList<TrainingSession> Sessions => _sessions;

    public string Data { get; init; } = "";

    public TrainingDevice Device { get; init; } = TrainingDevice.Cpu;

    public string? ProfilePath { get; init; }

    /// <summary>Batches whose pictures are not numbers.</summary>
    public long[] Poisoned { get; init; } = [];

    /// <summary>Batches whose captions have nothing to do with their pictures.</summary>
    public long[] Wild { get; init; } = [];

    /// <summary>The samples of a global batch from one on.</summary>
    public Func<long, int, int, Batch> Batches { get; init; } = TinyRun.Batch;

    public IReadOnlyList<EvaluationInput> Evaluations { get; init; } = [];

    public Func<CommittedStepContext, StepDirective>? Directive { get; init; }

    /// <summary>What stands between a session and its group.</summary>
    public Func<ICollectives, ICollectives> Through { get; init; } = group => group;

    /// <summary>The clock of sessions that join from now on, and of what they tell.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public TimeSpan RegroupPatience { get; init; } = TimeSpan.FromSeconds(15);

    internal readonly record struct CommittedStepContext(int Rank, long Step);

    /// <summary>A new process.</summary>
    public TrainingSession Join()
    {
        var session = new TrainingSession(file, threads: 1, time: Time, device: Device);
        _sessions.Add(session);
        return session;
    }

    /// <summary>A process dies.</summary>
    public void Kill(int index)
    {
        _sessions[index].Dispose();
        _sessions.RemoveAt(index);
    }

    /// <summary>One generation of all processes that there are.</summary>
    public GenerationEnd[] Run(Action<ICollectives, long>? afterStep = null)
    {
        var world = _sessions.Count;
        Recorders = [.. Enumerable.Range(0, world).Select(_ => new Recorder(Time))];
        return Ranks.Run(world, group =>
        {
            var recorder = Recorders[group.Rank];
            var (first, count) = Ranks.Part(file.Train.GlobalBatch, group.Rank, world);
            return _sessions[group.Rank].Run(new GenerationSetup
            {
                Group = Through(group),
                RegroupPatience = RegroupPatience,
                Store = Store,
                OpenBatches = next => new TinyStream(next, first, count, Poisoned, Wild, Batches),
                Evaluations = Evaluations,
                ProfilePath = ProfilePath,
                TotalSteps = steps,
                Observer = recorder,
                DataFingerprint = Data,
                Directive = () =>
                {
                    var step = recorder.Steps.Count > 0 ? recorder.Steps[^1].Step : -1;
                    afterStep?.Invoke(group, step);
                    return Directive?.Invoke(new CommittedStepContext(group.Rank, step)) ?? StepDirective.Continue;
                },
            });
        });
    }

    /// <summary>Losses of the last generation by step.</summary>
    public Dictionary<long, double> Losses => Recorders[0].Steps.ToDictionary(s => s.Step, s => s.Result.Loss);

    /// <summary>Tensors that earlier tests left to the garbage collector are gone: from now on live ones can be counted.</summary>
    public static void Settle()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    public void Dispose()
    {
        foreach (var session in _sessions) session.Dispose();
    }
}
