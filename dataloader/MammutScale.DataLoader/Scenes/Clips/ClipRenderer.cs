using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Scenes.Artwork;
using OpenCvSharp;

namespace MammutScale.DataLoader.Scenes.Clips;

/// <summary>Paints a clip and encodes it as MP4.</summary>
internal static class ClipRenderer
{
    internal const int FramesPerSecond = 8;

    /// <param name="scratch">A file that may be overwritten: the encoder writes nowhere else.</param>
    /// <exception cref="DataFormatException">This OpenCV cannot write MP4.</exception>
    internal static byte[] Render(MovingScene clip, string scratch, ref Draws draws)
    {
        int grey = 215 + draws.NextBelow(41);
        using (var writer = new VideoWriter(scratch, FourCC.FromString("mp4v"), FramesPerSecond, new Size(clip.Size, clip.Size)))
        {
            if (!writer.IsOpened()) throw new DataFormatException("clips cannot be written: the OpenCV library of this machine has no MP4 encoder (mp4v)");
            for (int frame = 0; frame < clip.Frames; frame++)
            {
                using var stage = new Stage(clip.Size, new Scalar(grey, grey, grey));
                foreach (var mover in clip.Movers)
                {
                    var (x, y) = mover.At(frame, clip.Size);
                    stage.Put(mover.Art, null, x, y, mover.Side);
                }
                writer.Write(stage.Canvas);
            }
        }
        return File.ReadAllBytes(scratch);
    }
}
