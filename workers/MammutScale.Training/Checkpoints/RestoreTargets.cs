using MammutScale.Training.Devices;
using MammutScale.Training.Optimizers;
using MammutScale.Training.Parameters;
using static TorchSharp.torch;

namespace MammutScale.Training.Checkpoints;

/// <summary>Where a checkpoint is read to: the flat buffers themselves in host memory, else copies that go to the device when all is read.</summary>
internal sealed class RestoreTargets : IDisposable
{
    private readonly FlatState _state;
    private readonly FlatAdamW _optimizer;
    private readonly bool _copies;

    public RestoreTargets(TrainingDevice device, FlatState state, FlatAdamW optimizer)
    {
        (_state, _optimizer, _copies) = (state, optimizer, !device.IsHost);
        Tensor Target(Tensor buffer) => _copies ? device.HostBuffer(buffer.numel()).zero_() : buffer;
        Weights = Target(state.Weights);
        First = Target(optimizer.First);
        Second = Target(optimizer.Second);
        Ema = optimizer.Ema is { } ema ? Target(ema) : null;
    }

    public Tensor Weights { get; }

    public Tensor First { get; }

    public Tensor Second { get; }

    public Tensor? Ema { get; }

    /// <summary>Everything has been read.</summary>
    public void Commit()
    {
        if (!_copies) return;
        using var noGrad = no_grad();
        _state.Weights.copy_(Weights);
        _optimizer.First.copy_(First);
        _optimizer.Second.copy_(Second);
        if (Ema is not null) _optimizer.Ema!.copy_(Ema);
    }

    public void Dispose()
    {
        if (!_copies) return;
        Weights.Dispose();
        First.Dispose();
        Second.Dispose();
        Ema?.Dispose();
    }
}
