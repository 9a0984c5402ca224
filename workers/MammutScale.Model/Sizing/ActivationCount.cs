using MammutScale.Model.Configuration;
using MammutScale.Model.Tubes;

namespace MammutScale.Model.Sizing;

/// <summary>
/// Bytes that a forward pass with both text passes keeps for the backward pass: what the backward formulas of linear layers
/// (their input), norms (input and two statistics), attention (query, key, value, output, log-sum) and activations (input) need.
/// </summary>
/// <param name="Image">Of the image encoder, for each sample.</param>
/// <param name="Text">Of decoder and bridge, for each sample.</param>
/// <param name="Recomputed">Largest block that is computed again at one time, for each sample; 0 without checkpointing.</param>
/// <param name="Fixed">Whatever the number of samples: the vocabulary head's gradient and one chunk of logits.</param>
public sealed record ActivationCount(double Image, double Text, double Recomputed, double Fixed)
{
    // as CaptionLoss has it
    private const double ChunkElements = 1 << 24;
    private const int Single = 4;

    /// <summary>Bytes for so many samples at one time.</summary>
    public double Bytes(double samples) => (samples * (Image + Text + Recomputed)) + Fixed;

    /// <param name="config">The model; <see cref="MammutConfig.GradCheckpointing"/> counts.</param>
    /// <param name="elementBytes">4 for float32, 2 for bfloat16.</param>
    /// <param name="textLength">Tokens of a text; 0 = the context length.</param>
    /// <param name="marked">
    /// The pass has gradient-ready markers: TorchSharp keeps an empty twin of the output of each function that managed code
    /// goes backward through, and so of each recomputed block.
    /// </param>
    /// <param name="video">Counts clips instead of pictures, with these tubes.</param>
    /// <param name="frames">Frames of a clip.</param>
    public static ActivationCount Of(MammutConfig config, int elementBytes, int textLength = 0, bool marked = false, VideoConfig? video = null, int frames = 1)
    {
        (VisionConfig v, TextConfig t) = (config.Vision, config.Text);
        int[] cross = CrossPlacement.Layers(config);
        double more = video is null ? 0 : video.Tokens(v, frames) - v.Patches, tokens = v.Tokens + more;
        double length = textLength > 0 ? textLength : t.ContextLength, memory = v.DecoderTokens + more, size = elementBytes;
        bool again = config.GradCheckpointing;

        double visionBlock = Block(tokens, v.Width, v.MlpWidth, v.Heads, size);
        double vision = v.Layers * (again ? Kept(tokens, v.Width, size) : visionBlock)
            + v.Layers * (marked ? tokens * v.Width * size : 0)
            // what the projections read
            + ((video is null ? v.Patches * 3.0 * v.PatchSize * v.PatchSize : Boxes(video, v, frames)) * size)
            + (v.PreNorm ? Norm(tokens, v.Width, size) : 0)
            // pooled and bridged from the last block's output; the bridge's product copies what is no whole tensor
            + (tokens * v.Width * size) + (v.DecoderTokens < v.Tokens ? memory * v.Width * size : 0);

        double text = (length * t.Width * size) + (memory * t.Width * size) + Head(length, t.Width, size);
        double largest = visionBlock;
        for (int layer = 0; layer < t.Layers; layer++)
        {
            bool crosses = Array.IndexOf(cross, layer) >= 0;
            // the first layer's projections are made once, then doubled
            double block = Block(2 * length, t.Width, t.HasMlp || !crosses ? t.MlpWidth : 0, t.Heads, size) - (layer == 0 ? length * t.Width * size : 0);
            text += again ? Kept(2 * length, t.Width, size) : block;
            largest = Math.Max(largest, block);
            if (marked)
                text += 2 * length * t.Width * size;
            if (!crosses)
                continue;
            double crossing = CrossBlock(length, memory, t.Width, t.MlpWidth, t.Heads, size);
            // both halves are laid together anew behind the block, and what went in stays
            text += (2 * length * t.Width * size) + (again ? Kept(length, t.Width, size) : crossing);
            if (marked)
                text += length * t.Width * size;
            largest = Math.Max(largest, crossing);
        }

        double head = (double)t.Width * t.VocabSize;
        double chunk = Math.Min(ChunkElements, Math.Max(64, ChunkElements / t.VocabSize) * t.VocabSize) * ((2 * Single) + (size < Single ? size : 0));
        return new(vision, text, again ? largest : 0, (head * (Single + (size < Single ? size : 0))) + chunk);
    }

    /// <summary>Elements of all patches and boxes that a clip is cut into.</summary>
    private static double Boxes(VideoConfig video, VisionConfig v, int frames) =>
        video.Tubes.Prepend(video.Patches(v)).Sum(tube => 3.0 * tube.Size.Volume * tube.Joined.Volume * tube.Tokens(new(frames, v.ImageSize, v.ImageSize)));

    /// <summary>x, ln_1, the packed query, key and value, the attended values, y, ln_2, and before and after the activation.</summary>
    private static double Block(double length, double width, double hidden, double heads, double size) =>
        Norm(length, width, size) + (length * 5 * width * size) + (length * heads * Single)
        + (hidden == 0 ? 0 : Norm(length, width, size) + (length * (width + (2 * hidden)) * size));

    private static double CrossBlock(double length, double memory, double width, double hidden, double heads, double size) =>
        // x is a part of what stays anyway
        (length * 2 * Single) + (length * 3 * width * size) + (memory * 2 * Single) + (memory * 3 * width * size) + (length * heads * Single)
        + Norm(length, width, size) + (length * (width + (2 * hidden)) * size);

    /// <summary>The input, with mean and deviation of each row.</summary>
    private static double Norm(double length, double width, double size) => length * ((width * size) + (2 * Single));

    /// <summary>A block that is computed again keeps its input, and TorchSharp the twin of its output.</summary>
    private static double Kept(double length, double width, double size) => 2 * length * width * size;

    /// <summary>The final norm over both passes, pooling in float32, and what the captioning loss takes.</summary>
    private static double Head(double length, double width, double size) =>
        Norm(2 * length, width, size) + (2 * length * width * size) + (size < Single ? length * width * Single : 0) + (2 * length * width * size);
}
