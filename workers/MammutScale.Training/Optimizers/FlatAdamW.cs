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
    private readonly IFlatMath _math;
    private (OwnedRange Range, bool Decays)[] _pieces;

    /// <param name="state">Weights and gradients; moments are kept on the same device.</param>
    /// <param name="shards">This rank's part.</param>
    /// <param name="sharded">Moments of the part only.</param>
    /// <param name="settings">Constants.</param>
    /// <param name="emaDecay">Decay of the weights' running mean; 0 keeps none.</param>
    /// <param name="math">Arithmetic for the state's memory.</param>
    public FlatAdamW(FlatState state, ShardMap shards, bool sharded, AdamWSettings settings, double emaDecay, IFlatMath math)
    {
        (_state, _settings, _emaDecay, _math) = (state, settings, emaDecay, math);
        Sharded = sharded;
        Shards = sharded ? shards : new ShardMap(state.Layout, 0, 1);
        _pieces = [.. Shards.DecayPieces()];
        First = Empty();
        Second = Empty();
        if (emaDecay > 0)
        {
            Ema = Empty();
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
    public void Step(double learningRate, float gradientScale)
    {
        Updates++;
        var decayed = new AdamWCoefficients(_settings, learningRate, Updates, gradientScale, decays: true);
        var plain = new AdamWCoefficients(_settings, learningRate, Updates, gradientScale, decays: false);
        var buffers = new UpdateBuffers(_state.Weights, _state.Gradients, First, Second);
        foreach (var (range, decays) in _pieces) _math.Update(buffers, range, decays ? decayed : plain);
        UpdateEma();
    }

    /// <summary>Σ g² over <paramref name="shards"/>.</summary>
    public double SquaredGradients(ShardMap shards) => _math.SquaredSum(_state.Gradients, shards.Owned);

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
        First = Empty();
        Second = Empty();
        if (Ema is null) return;
        Ema.Dispose();
        Ema = Empty();
    }

    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
        Ema?.Dispose();
    }

    private Tensor Empty() => zeros(Shards.Length, device: _state.Device).DetachFromDisposeScope();

    private void UpdateEma()
    {
        if (Ema is null) return;
        using var noGrad = no_grad();
        using var share = tensor((float)(1 - _emaDecay), device: _state.Device);
        foreach (var range in Shards.Owned)
        {
            using var scope = NewDisposeScope();
            Ema.narrow(0, range.LocalOffset, range.Length).lerp_(_state.Weights.narrow(0, range.Offset, range.Length), share);
        }
    }
}
