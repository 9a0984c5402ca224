using MammutScale.Model.Configuration;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MammutScale.Model.Tubes;

/// <summary>
/// A model's image encoder made ready for video: its patches of a few frames and a few tubes go through its blocks as one
/// sequence. Pictures and videos share every weight but the tubes' projections and the gate. Learned positions stay on the
/// patches; TubeViT's fixed ones are added to patches and tubes alike, times tanh α.
/// </summary>
public sealed class VideoEncoder : IDisposable
{
    /// <summary>What the names of the tubes' parameters begin with where they stand beside the model's.</summary>
    public const string Prefix = "video.";

    private readonly Mammut _model;
    private readonly Dictionary<int, Tensor> _positions = [];

    /// <param name="model">The model whose encoder is used; it stays the caller's.</param>
    /// <param name="config">Tubes; null = the paper's, scaled to the model's patches.</param>
    /// <param name="seed">Of random first values.</param>
    /// <exception cref="ModelConfigException">The tubes do not fit the pictures.</exception>
    public VideoEncoder(Mammut model, VideoConfig? config = null, long seed = 0)
    {
        _model = model;
        Config = config ?? VideoConfig.For(model.Config.Vision);
        Config.ThrowIfInvalid(model.Config.Vision.ImageSize, model.Config.Vision.Width);
        Tubes = new(Config, model, seed);
    }

    public VideoConfig Config { get; }

    /// <summary>What is trained for video beside the model itself.</summary>
    public TubeProjections Tubes { get; }

    /// <summary>Its parameters as checkpoints and weight files call them: video.gate, video.projections.0.weight, ….</summary>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters() => Tubes.named_parameters().Select(p => (Prefix + p.name, p.parameter));

    /// <summary>Encodes clips of one length; a picture is a clip of one frame. Clips of another length go into another call.</summary>
    /// <param name="frames">Normalised frames, [B, T, 3, H, W], T ≥ 1.</param>
    public VideoEncoding EncodeVideo(Tensor frames)
    {
        VisionConfig vision = _model.Config.Vision;
        int side = vision.ImageSize;
        if (frames.dim() != 5 || frames.shape[1] < 1 || frames.shape[2] != 3 || frames.shape[3] != side || frames.shape[4] != side)
            throw new ArgumentException($"Frames of shape [{string.Join(", ", frames.shape)}]: this model takes [B, T, 3, {side}, {side}] with T from 1.", nameof(frames));
        long kept = (frames.shape[1] + Config.PatchStride - 1) / Config.PatchStride;
        Tensor sparse = frames.slice(1, 0, frames.shape[1], Config.PatchStride);
        Tensor positions = Positions((int)frames.shape[1]) * Tubes.Gate.tanh();
        Tensor embedded = _model.Encoder.EmbedVideo(sparse.reshape(-1, 3, side, side), kept, Tubes.Apply(frames), positions);
        (Tensor pooled, Tensor tokens) = _model.Encoder.Encode(embedded);
        return new(Mammut.Normalized(pooled), tokens);
    }

    public void Dispose()
    {
        Tubes.Dispose();
        foreach (Tensor positions in _positions.Values)
            positions.Dispose();
    }

    private Tensor Positions(int frames)
    {
        if (_positions.TryGetValue(frames, out Tensor? known))
            return known;
        VisionConfig vision = _model.Config.Vision;
        Extent clip = new(frames, vision.ImageSize, vision.ImageSize);
        float[] rows = [.. Config.Tubes.Prepend(Config.Patches(vision)).SelectMany(tube => TubePositions.Of(tube, clip, vision.Width, Config.Tau))];
        Tensor positions = tensor(rows, [rows.Length / vision.Width, vision.Width], device: _model.Device);
        positions.DetachFromDisposeScope();
        return _positions[frames] = positions;
    }
}
