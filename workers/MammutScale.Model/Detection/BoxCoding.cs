namespace MammutScale.Model.Detection;

/// <summary>
/// A box as seen from another (R-CNN): shift of the centre in widths and heights, logarithm of the change in size, times
/// (10, 10, 5, 5) so that the four vary about alike.
/// </summary>
internal static class BoxCoding
{
    private const float Shift = 10, Size = 5;

    // exp of anything larger leaves every picture
    private static readonly float LargestLog = MathF.Log(1000f / 16);

    public static (float X, float Y, float Width, float Height) Encode(ImageBox box, ImageBox seenFrom) =>
    (
        Shift * ((box.Left + box.Right) - (seenFrom.Left + seenFrom.Right)) / (2 * seenFrom.Width),
        Shift * ((box.Top + box.Bottom) - (seenFrom.Top + seenFrom.Bottom)) / (2 * seenFrom.Height),
        Size * MathF.Log(box.Width / seenFrom.Width),
        Size * MathF.Log(box.Height / seenFrom.Height)
    );

    public static ImageBox Decode(ReadOnlySpan<float> code, ImageBox seenFrom)
    {
        float x = ((seenFrom.Left + seenFrom.Right) / 2) + (code[0] / Shift * seenFrom.Width);
        float y = ((seenFrom.Top + seenFrom.Bottom) / 2) + (code[1] / Shift * seenFrom.Height);
        float width = MathF.Exp(Math.Min(code[2] / Size, LargestLog)) * seenFrom.Width / 2;
        float height = MathF.Exp(Math.Min(code[3] / Size, LargestLog)) * seenFrom.Height / 2;
        return new(x - width, y - height, x + width, y + height);
    }
}
