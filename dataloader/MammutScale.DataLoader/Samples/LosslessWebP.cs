using OpenCvSharp;

namespace MammutScale.DataLoader.Samples;

/// <summary>Stores a PNG as lossless WebP, a fifth smaller, and proves that no visible pixel changed.</summary>
internal static class LosslessWebP
{
    /// <exception cref="DataFormatException">The picture cannot be read, or would not come back the same.</exception>
    internal static byte[] FromPng(byte[] png, string name, out Size size)
    {
        using var source = Cv2.ImDecode(png, ImreadModes.Unchanged);
        if (source.Empty()) throw new DataFormatException($"{name}: not a picture that can be read; install the package again");
        size = source.Size();
        // A quality above 100 is how OpenCV asks for the lossless coder.
        Cv2.ImEncode(".webp", source, out byte[] webp, new ImageEncodingParam(ImwriteFlags.WebPQuality, 101));
        using var back = Cv2.ImDecode(webp, ImreadModes.Unchanged);
        if (!SameWhereVisible(source, back)) throw new DataFormatException($"{name}: the WebP copy does not decode to the same pixels");
        return webp;
    }

    /// <summary>The coder may choose colours of fully transparent pixels, and drops an alpha channel that is opaque throughout.</summary>
    private static bool SameWhereVisible(Mat source, Mat back)
    {
        using Mat a = ToBgra(source), b = ToBgra(back);
        if (a.Size() != b.Size()) return false;
        a.GetArray(out Vec4b[] left);
        b.GetArray(out Vec4b[] right);
        for (int i = 0; i < left.Length; i++)
            if (left[i].Item3 != right[i].Item3 || (left[i].Item3 != 0 && left[i] != right[i])) return false;
        return true;
    }

    private static Mat ToBgra(Mat picture) => picture.Channels() switch
    {
        1 => picture.CvtColor(ColorConversionCodes.GRAY2BGRA),
        3 => picture.CvtColor(ColorConversionCodes.BGR2BGRA),
        _ => picture.Clone(),
    };
}
