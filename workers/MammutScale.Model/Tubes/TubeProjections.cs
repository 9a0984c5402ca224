using MammutScale.Model.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Tubes;

/// <summary>All that a video encoder has beside the image encoder: a projection for each tube and the gate of the fixed positions.</summary>
public sealed class TubeProjections : nn.Module
{
    [ComponentName(Name = "projections")]
    private readonly ModuleList<TubeProjection> _projections;

    [ComponentName(Name = "gate")]
    private readonly Parameter _gate;

    internal TubeProjections(VideoConfig config, Mammut model, long seed) : base(nameof(TubeProjections))
    {
        Placement place = new(model.Dtype, model.Device), single = new(ScalarType.Float32, model.Device);
        _projections = new([.. config.Tubes.Select(tube => new TubeProjection(model.Config.Vision.Width, tube, place))]);
        _gate = single.Parameter();
        RegisterComponents();
        using var gradient = no_grad();
        _gate.zero_();
        for (int i = 0; i < _projections.Count; i++)
            TubeValues.Fill(_projections[i].Weight, model.Encoder.PatchWeight, config.Tubes[i].Joined.Volume == 1 ? config.Initialization : Joined(config), seed + i);
    }

    /// <summary>α: fixed positions are added times tanh α. Scalar, float32, zero at first.</summary>
    public Parameter Gate => _gate;

    // neighbours share a projection to a part of the channels: the patch projection has no such part
    private static TubeInitialization Joined(VideoConfig config) =>
        config.Initialization == TubeInitialization.Zero ? TubeInitialization.Zero : TubeInitialization.Random;

    /// <summary>The tokens of all tubes that fit into the frames [B, T, 3, H, W], in their order, each [B, n, w].</summary>
    internal IEnumerable<Tensor> Apply(Tensor frames)
    {
        foreach (TubeProjection projection in _projections)
        {
            if (projection.Apply(frames) is { } tokens)
                yield return tokens;
        }
    }
}
