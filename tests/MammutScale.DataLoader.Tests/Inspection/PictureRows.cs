using OpenCvSharp;
using ParquetSharp;

namespace MammutScale.DataLoader.Tests.Inspection;

/// <summary>Rows with real pictures, good and broken, as img2dataset would store them.</summary>
internal static class PictureRows
{
    public sealed record Row(byte[]? Media, string? Caption, string Status = "success");

    public static byte[] Picture(int number, string ending = ".jpg")
    {
        using var picture = new Mat(40, 60, MatType.CV_8UC3, new Scalar(number * 37 % 256, number * 91 % 256, 128));
        picture.Rectangle(new Rect(5, 5, 20 + (number % 20), 20), new Scalar(0, 0, 255), -1);
        Cv2.ImEncode(ending, picture, out var bytes);
        return bytes;
    }

    /// <summary>Eight rows: five good, one failed, two bad.</summary>
    public static Row[] Some() =>
    [
        new(Picture(1), "a red box"),
        new(Picture(2, ".png"), "zwei Kästchen 📦"),
        new(null, "gone", "failed_to_download"),
        new("<html>404</html>"u8.ToArray(), "an error page"),
        new(Picture(3), ""),
        new(Picture(4)[..300], "half a picture"),
        new(Picture(5), null),
        new(Picture(6, ".webp"), " "),
    ];

    public static void Write(string path, IReadOnlyCollection<Row> rows, int inGroup, Compression compression = Compression.Snappy, bool reversed = false, string media = "jpg")
    {
        Column[] columns = [new Column<string>("key"), new Column<byte[]>(media), new Column<string>("caption"), new Column<string>("status")];
        using var writer = new ParquetFileWriter(path, columns, compression);
        foreach (var part in (reversed ? rows.Reverse() : rows).Chunk(inGroup))
        {
            using var group = writer.AppendRowGroup();
            Add(group, part.Select((_, i) => $"{i:D4}"));
            Add(group, part.Select(row => row.Media!));
            Add(group, part.Select(row => row.Caption!));
            Add(group, part.Select(row => row.Status));
        }

        writer.Close();
    }

    private static void Add<T>(RowGroupWriter group, IEnumerable<T> values)
    {
        using var column = group.NextColumn().LogicalWriter<T>();
        column.WriteBatch([.. values]);
    }
}
