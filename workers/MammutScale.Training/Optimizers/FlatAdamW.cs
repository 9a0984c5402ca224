using MammutScale.Training.Parameters;
using static TorchSharp.torch;

namespace MammutScale.Training.Optimizers;

/// <summary>
/// AdamW on flat buffers. Sharded (ZeRO-1) it keeps moments of this rank's part only and updates that part; otherwise it
/// keeps and updates everything.
/// </summary>
internal sealed class FlatAdamW : IDisposable
{
    private readonly FlatState _state;
    private readonly AdamWSettings _settings;
    private readonly double _emaDecay;
    private readonly int _threads;
    private (OwnedRange Range, bool Decays)[] _pieces;

    public FlatAdamW(FlatState state, ShardMap shards, bool sharded, AdamWSettings settings, double emaDecay, int threads)
    {
        (_state, _settings, _emaDecay, _threads) = (state, settings, emaDecay, threads);
        Sharded = sharded;
        Shards = sharded ? shards : new ShardMap(state.Layout, 0, 1);
        _pieces = [.. Shards.DecayPieces()];
        First = zeros(Shards.Length).DetachFromDisposeScope();
        Second = zeros(Shards.Length).DetachFromDisposeScope();
        if (emaDecay > 0)
        {
            Ema = zeros(Shards.Length).DetachFromDisposeScope();
            ResetEma();
        }
    }

    public bool Sharded { get; }

    /// <summary>What of the flat buffers the moments are for.</summary>
    public ShardMap Shards { get; private set; }

    /// <summary>Mean of gradients, compact [Shards.Length].</summary>
    public Tensor First { get; private set; }

    /// <summary>Mean of squared gradients, compact [Shards.Length].</summary>
    public Tensor Second { get; private set; }

    /// <summary>Running mean of the weights, compact; null when none is kept.</summary>
    public Tensor? Ema { get; private set; }

    /// <summary>Updates made so far.</summary>
    public long Updates { get; set; }

    /// <summary>Bytes of optimizer state that this rank holds.</summary>
    public long StateBytes => Shards.Length * sizeof(float) * (Ema is null ? 2 : 3);

    /// <summary>One update with the gradients as they are.</summary>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="gradientScale">Factor on every gradient (clipping).</param>
    public unsafe void Step(double learningRate, float gradientScale)
    {
        Updates++;
        var decayed = new AdamWCoefficients(_settings, learningRate, Updates, gradientScale, decays: true);
        var plain = new AdamWCoefficients(_settings, learningRate, Updates, gradientScale, decays: false);
        var weights = (float*)HostMemory.Address(_state.Weights);
        var gradients = (float*)HostMemory.Address(_state.Gradients);
        var first = (float*)HostMemory.Address(First);
        var second = (float*)HostMemory.Address(Second);
        foreach (var (range, decays) in _pieces)
        {
            AdamWKernel.Update(weights + range.Offset, gradients + range.Offset, first + range.LocalOffset, second + range.LocalOffset,
                range.Length, decays ? decayed : plain, _threads);
        }

        UpdateEma();
    }

    /// <summary>Σ g² over <paramref name="shards"/>.</summary>
    public unsafe double SquaredGradients(ShardMap shards)
    {
        var gradients = (float*)HostMemory.Address(_state.Gradients);
        double sum = 0;
        foreach (var range in shards.Owned) sum += SquaredNorm.Of(gradients + range.Offset, range.Length, _threads);
        return sum;
    }

    /// <summary>The running mean starts at the weights as they are.</summary>
    public void ResetEma()
    {
        if (Ema is null) return;
        using var noGrad = no_grad();
        foreach (var range in Shards.Owned)
        {
            using var scope = NewDisposeScope();
            Ema.narrow(0, range.LocalOffset, range.Length).copy_(_state.Weights.narrow(0, range.Offset, range.Length));
        }
    }

    /// <summary>As before the first update.</summary>
    public void Clear()
    {
        using var noGrad = no_grad();
        First.zero_();
        Second.zero_();
        Updates = 0;
        ResetEma();
    }

    /// <summary>What this rank will hold in another world.</summary>
    public ShardMap ShardsIn(int rank, int world) => new(_state.Layout, rank, world, Shards.WantedCopies);

    /// <summary>Another world: empty buffers for this rank's new part. The caller fills them.</summary>
    public void Reshard(ShardMap shards)
    {
        if (!Sharded) return;
        Shards = shards;
        _pieces = [.. shards.DecayPieces()];
        First.Dispose();
        Second.Dispose();
        First = zeros(shards.Length).DetachFromDisposeScope();
        Second = zeros(shards.Length).DetachFromDisposeScope();
        if (Ema is null) return;
        Ema.Dispose();
        Ema = zeros(shards.Length).DetachFromDisposeScope();
    }

    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
        Ema?.Dispose();
    }

    private void UpdateEma()
    {
        if (Ema is null) return;
        using var noGrad = no_grad();
        foreach (var range in Shards.Owned)
        {
            using var scope = NewDisposeScope();
            Ema.narrow(0, range.LocalOffset, range.Length).lerp_(_state.Weights.narrow(0, range.Offset, range.Length), (float)(1 - _emaDecay));
        }
    }
}
