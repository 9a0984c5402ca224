using System.IO.Hashing;
using MammutScale.Model;
using MammutScale.Model.Tubes;
using MammutScale.Model.Weights;
using MammutScale.Training.Configuration;
using MammutScale.Training.Devices;
using MammutScale.Training.Optimizers;
using MammutScale.Training.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MammutScale.Training.Replicas;

/// <summary>
/// What a worker holds in memory of a run: the model, its flat buffers, the optimizer's state, and how far it is. It outlives
/// generations; a generation brings it to the state that all members share.
/// </summary>
internal sealed class Replica : IDisposable
{
    private const double MegaByte = 1 << 20;

    /// <summary>Elements that are looked at together; 256 MB.</summary>
    private const long Window = 1 << 26;

    private readonly long _seed;
    private readonly string? _initFrom;
    private Tensor? _window;

    /// <param name="file">The run.</param>
    /// <param name="config">The model's resolved shape.</param>
    /// <param name="rank">Rank in the first generation.</param>
    /// <param name="world">Size of the first generation.</param>
    /// <param name="threads">Threads of the update.</param>
    /// <param name="device">Where everything is kept; null = host memory.</param>
    public Replica(RunFile file, MammutConfig config, int rank, int world, int threads, TrainingDevice? device = null)
    {
        Device = device ?? TrainingDevice.Cpu;
        Device.Prepare();
        (_seed, _initFrom) = (file.Seed, file.Model.InitFrom);
        var type = file.Train.Precision == Precision.Bf16 ? ScalarType.BFloat16 : ScalarType.Float32;
        Model = new Mammut(config, file.Seed, type, Device.Torch);
        Video = VideoShape.Resolve(file, config) is { } video ? new VideoEncoder(Model, video, file.Seed) : null;
        Stages = new BackwardStages(config);
        var parameters = Named(Model, Video).ToDictionary(p => p.Name, p => p.Parameter);
        var layout = FlatLayout.Build(
            parameters.Select(p => new ParameterSpec(p.Key, p.Value.shape, Decays(p.Key, p.Value.dim()), Stages.OfParameter(p.Key))),
            BucketElements(file.Train));
        State = new FlatState(layout, parameters);
        var o = file.Optim;
        Optimizer = new FlatAdamW(State, new ShardMap(layout, rank, world, file.Train.ZeroCopies), file.Train.Zero > 0,
            new AdamWSettings((float)o.Betas[0], (float)o.Betas[1], (float)o.Eps, (float)o.WeightDecay), o.Ema, Device.IsHost ? new HostMath(threads) : new TensorMath());
    }

    public TrainingDevice Device { get; }

    public Mammut Model { get; }

    /// <summary>What the model has for clips; null in a run of pictures. Its parameters lie in the flat buffers like the model's.</summary>
    public VideoEncoder? Video { get; }

    public BackwardStages Stages { get; }

    public FlatState State { get; }

    public FlatAdamW Optimizer { get; }

    public Progress Progress { get; set; }

    /// <summary>The state is that of <see cref="Progress"/>; false before the first generation has begun.</summary>
    public bool HasState { get; set; }

    /// <summary>
    /// What the progress will be when the update under way is whole. It stays when the exchange of weights is interrupted: the
    /// parts that this rank holds are updated then, the others may not be.
    /// </summary>
    public Progress? Pending { get; set; }

    public bool IsTorn => Pending is not null;

    internal static long BucketElements(TrainSection train) => (long)(train.BucketMb * MegaByte / sizeof(float));

    /// <summary>Hash of the weights' bits; equal on ranks that agree.</summary>
    public ulong HashWeights()
    {
        var hash = new XxHash3();
        var length = State.Layout.Length;
        for (long at = 0; at < length; at += Window)
            hash.Append(System.Runtime.InteropServices.MemoryMarshal.AsBytes(OnHost(State.Weights, at, Math.Min(Window, length - at))));
        return hash.GetCurrentHashAsUInt64();
    }

    private Span<float> OnHost(Tensor flat, long offset, long count)
    {
        if (Device.IsHost) return TensorMemory.Floats(flat, offset, count);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        _window ??= Device.HostBuffer(Math.Min(Window, State.Layout.Length));
        _window.narrow(0, 0, count).copy_(flat.narrow(0, offset, count));
        return TensorMemory.Floats(_window, 0, count);
    }

    /// <summary>To the state that a run without a checkpoint begins with: what the seed gives, or the weights of model.init_from.</summary>
    /// <exception cref="WeightsException">The weight file cannot be read any more, or does not fit.</exception>
    public void Begin()
    {
        // the constructor made the seed's weights
        if (!HasState && _initFrom is null) return;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var fresh = new Mammut(Model.Config, _seed, _initFrom is null ? Model.Dtype : ScalarType.Float32, initialize: _initFrom is null);
        if (_initFrom is not null) OpenClipFiles.Load(fresh, _initFrom);
        using var tubes = Video is null ? null : new VideoEncoder(fresh, Video.Config, _seed);
        if (tubes is not null && _initFrom is not null && VideoFiles.Find(_initFrom) is not null) VideoFiles.Load(tubes, _initFrom);
        State.Weights.zero_();
        foreach (var (name, parameter) in Named(fresh, tubes))
        {
            var entry = State.Layout.ByName[name];
            State.Weights.narrow(0, entry.Offset, entry.Count).copy_(parameter.flatten());
        }

        Optimizer.Clear();
        State.RefreshComputeWeights();
    }

    public void Dispose()
    {
        _window?.Dispose();
        Optimizer.Dispose();
        State.Dispose();
        Video?.Dispose();
        Model.Dispose();
    }

    private static IEnumerable<(string Name, Parameter Parameter)> Named(Mammut model, VideoEncoder? video) =>
        model.named_parameters().Select(p => (p.name, p.parameter)).Concat(video?.NamedParameters() ?? []);

    /// <summary>Matrices decay; norms, biases, the temperature and position embeddings do not.</summary>
    internal static bool Decays(string name, long dimensions) =>
        dimensions >= 2 && !name.EndsWith("positional_embedding", StringComparison.Ordinal);
}
