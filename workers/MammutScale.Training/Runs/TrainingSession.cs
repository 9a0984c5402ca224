using MammutScale.Model;
using MammutScale.Training.Configuration;
using MammutScale.Training.Devices;
using MammutScale.Training.Replicas;

namespace MammutScale.Training.Runs;

/// <summary>
/// A run in one worker process. It keeps weights and optimizer state in memory from one generation to the next: after a
/// <see cref="Collectives.CollectiveException"/> the worker joins the next generation with the same session.
/// All calls come from one thread, the training thread.
/// </summary>
public sealed class TrainingSession : IDisposable
{
    private readonly TimeProvider _time;
    private readonly int _threads;
    private readonly TrainingDevice? _device;
    private Replica? _replica;

    /// <param name="file">The resolved run file.</param>
    /// <param name="vocabulary">Entries of the tokenizer; the model's vocabulary is at least that.</param>
    /// <param name="threads">CPU threads of tensor operations; 0 takes train.threads, or all cores.</param>
    /// <param name="time">Clock of phases and timestamps.</param>
    /// <param name="device">Where to train; null = host memory.</param>
    /// <exception cref="Binding.RunSpecException">The model cannot be built as asked.</exception>
    public TrainingSession(RunFile file, int? vocabulary = null, int threads = 0, TimeProvider? time = null, TrainingDevice? device = null)
    {
        (File, _time, _device) = (file, time ?? TimeProvider.System, device);
        Config = ModelShape.Resolve(file, vocabulary);
        _threads = threads > 0 ? threads : file.Train.Threads > 0 ? file.Train.Threads : Environment.ProcessorCount;
    }

    public RunFile File { get; }

    /// <summary>The model's resolved shape.</summary>
    public MammutConfig Config { get; }

    /// <summary>Steps that the state in memory has committed; null when it holds none.</summary>
    public long? CommittedStep => _replica is { HasState: true } replica ? replica.Progress.Step : null;

    /// <summary>The state in memory; null before the first generation.</summary>
    internal Replica? Replica => _replica;

    /// <summary>Brings all ranks to one state and trains until the generation ends.</summary>
    /// <param name="generation">Group, data and whoever listens.</param>
    /// <param name="cancellation">Leaves at once.</param>
    /// <exception cref="Collectives.CollectiveException">The group failed: the state is that of the last committed step.</exception>
    /// <exception cref="Events.TrainingException">The run cannot go on anywhere.</exception>
    /// <exception cref="Checkpoints.CheckpointException">A checkpoint is of another model or data set.</exception>
    /// <exception cref="OperationCanceledException">Asked to leave at once.</exception>
    public GenerationEnd Run(GenerationSetup generation, CancellationToken cancellation = default)
    {
        TorchSharp.torch.set_num_threads(_threads);
        _replica ??= new Replica(File, Config, generation.Group.Rank, generation.Group.WorldSize, _threads, _device);
        using var loop = new RunLoop(_replica, File, generation, _time, _threads, cancellation);
        return loop.Run();
    }

    public void Dispose() => _replica?.Dispose();
}
