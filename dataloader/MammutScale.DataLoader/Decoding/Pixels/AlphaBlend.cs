namespace MammutScale.DataLoader.Decoding.Pixels;

/// <summary>Lays pictures with transparency over a plain background.</summary>
internal static class AlphaBlend
{
    /// <summary>BGRA to BGR in place: the result fills the first three quarters. Rounded to the nearest value.</summary>
    internal static void OverInPlace(Span<byte> pixels, int count, Ground ground)
    {
        for (int i = 0; i < count; i++)
        {
            int s = 4 * i, d = 3 * i, a = pixels[s + 3];
            byte b = Mix(pixels[s], ground.Blue, a), g = Mix(pixels[s + 1], ground.Green, a), r = Mix(pixels[s + 2], ground.Red, a);
            (pixels[d], pixels[d + 1], pixels[d + 2]) = (b, g, r);
        }
    }

    /// <summary>Exact rounded division by 255 (Blinn 1994).</summary>
    private static byte Mix(int front, int back, int alpha)
    {
        int v = (front * alpha) + (back * (255 - alpha)) + 128;
        return (byte)((v + (v >> 8)) >> 8);
    }
}

/// <summary>The colour behind transparent pixels.</summary>
internal readonly record struct Ground(byte Blue, byte Green, byte Red);
