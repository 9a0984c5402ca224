using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Scenes.Artwork;
using OpenCvSharp;

namespace MammutScale.DataLoader.Scenes.Stills;

/// <summary>Paints a still.</summary>
internal static class StillRenderer
{
    /// <summary>WebP at a quality that keeps small drawings crisp.</summary>
    internal static byte[] Render(Still still, ref Draws draws)
    {
        int grey = 215 + draws.NextBelow(41);
        using var stage = new Stage(still.Size, new Scalar(grey, grey, grey));
        foreach (var one in still.Objects) stage.Put(one.Art, one.Paint, one.X, one.Y, one.Side);
        Cv2.ImEncode(".webp", stage.Canvas, out byte[] webp, new ImageEncodingParam(ImwriteFlags.WebPQuality, 90));
        return webp;
    }
}
