using MammutScale.Model.Configuration;
using MammutScale.Model.Tubes;

namespace MammutScale.Model.Sizing;

/// <summary>
/// Floating-point operations of a forward pass for one image-text or clip-text pair: 2 for each multiply-add of the matrix products
/// (linear layers, attention, vocabulary head), the convention of open_clip's profiles. Norms and activations are not counted.
/// </summary>
/// <param name="Image">Image encoder.</param>
/// <param name="ContrastiveText">Contrastive pass of the decoder.</param>
/// <param name="Caption">Captioning pass with bridge and cross-attention, without the head.</param>
/// <param name="Head">Vocabulary head.</param>
public sealed record FlopCount(double Image, double ContrastiveText, double Caption, double Head)
{
    public double Forward => Image + ContrastiveText + Caption + Head;

    /// <summary>Forward and backward: three forwards, four when activations are recomputed.</summary>
    public double Step(bool checkpointing = false) => Forward * 3 + (checkpointing ? Image + ContrastiveText + Caption : 0);

    /// <param name="config">The model.</param>
    /// <param name="textLength">Tokens of the contrastive pass; 0 = the context length. The captioning pass has one fewer.</param>
    /// <param name="video">Counts a clip instead of a picture, with these tubes.</param>
    /// <param name="frames">Frames of the clip.</param>
    public static FlopCount Of(MammutConfig config, int textLength = 0, VideoConfig? video = null, int frames = 1)
    {
        (VisionConfig v, TextConfig t) = (config.Vision, config.Text);
        double n = textLength > 0 ? textLength : t.ContextLength, seen = n - 1;
        // tokens of the picture or clip; the class token is counted with them
        double more = video is null ? 0 : video.Tokens(v, frames) - v.Patches, m = v.DecoderTokens + more, tokens = v.Tokens + more;
        double patches = video is null ? v.Patches : video.Patches(v).Tokens(new(frames, v.ImageSize, v.ImageSize));
        int[] cross = CrossPlacement.Layers(config);
        double image = (patches * 3.0 * v.PatchSize * v.PatchSize * v.Width) + (video?.ProjectionProducts(v, frames) ?? 0) + (v.Layers * Block(tokens, v.Width, v.MlpWidth));
        double selfLayers(double length) => Enumerable.Range(0, t.Layers).Sum(i => Block(length, t.Width, t.HasMlp || !cross.Contains(i) ? t.MlpWidth : 0));
        double crossBlock = (2 * seen * t.Width * t.Width) + (2 * m * t.Width * t.Width) + (2 * seen * m * t.Width) + (2.0 * seen * t.Width * t.MlpWidth);
        double caption = (m * v.Width * t.Width) + selfLayers(seen) + (cross.Length * crossBlock);
        return new(2 * image, 2 * selfLayers(n), 2 * caption, 2 * seen * t.Width * t.VocabSize);
    }

    /// <summary>Multiply-adds of a self-attention block: 4 n d² + 2 n² d, and 2 n d h for its MLP.</summary>
    private static double Block(double length, double width, double hidden) =>
        (4 * length * width * width) + (2 * length * length * width) + (2 * length * width * hidden);
}
