using DuckDB.NET.Data;
using OpenCvSharp;

namespace MammutScale.DataLoader.Tests.Scenes;

public sealed class SceneBuilderTests(SceneFolder built) : IClassFixture<SceneFolder>
{

    [Fact]
    public async Task SameSeedGivesTheSameBytes_AndAnotherSeedOthers()
    {
        await SceneFolder.BuildAsync(built.Folder, "b", SceneFolder.Small);
        await SceneFolder.BuildAsync(built.Folder, "c", SceneFolder.Small with { Seed = 2 });
        string[] files = [.. Directory.GetFiles(Path.Combine(built.Folder, "a"), "*.parquet", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Path.Combine(built.Folder, "a"), f))];
        files.Length.ShouldBe(15);
        foreach (string file in files)
        {
            File.ReadAllBytes(Path.Combine(built.Folder, "a", file)).ShouldBe(File.ReadAllBytes(Path.Combine(built.Folder, "b", file)), file);
            File.ReadAllBytes(Path.Combine(built.Folder, "a", file)).ShouldNotBe(File.ReadAllBytes(Path.Combine(built.Folder, "c", file)), file);
        }
    }

    [Fact]
    public void HeldOutClassesAreInEveryNovelScene_AndInNoOther()
    {
        var report = built.Report;
        var hidden = report.HeldOutClasses.ToHashSet();
        hidden.Count.ShouldBeGreaterThan(20);
        report.Classes.ShouldAllBe(c => !hidden.Contains(c));
        foreach (string split in new[] { "train", "eval" })
            foreach (object?[] row in Query($"select labels from '{Parquet("detection", split)}'"))
                ((IEnumerable<string>)row[0]!).ShouldAllBe(l => !hidden.Contains(l));
        foreach (object?[] row in Query($"select labels from '{Parquet("detection", "novel")}'"))
            ((IEnumerable<string>)row[0]!).ShouldContain(l => hidden.Contains(l));
    }

    [Fact]
    public async Task OnlySoManyClassesAreShown_WhenFewAreAskedFor()
    {
        var report = await SceneFolder.BuildAsync(built.Folder, "few", SceneFolder.Small with { Classes = 10 });
        (report.Classes.Count, report.HeldOutClasses.Count).ShouldBe((8, 2));
        var shown = Query($"select labels from '{Path.Combine(built.Folder, "few", "detection", "train")}/*.parquet'").SelectMany(r => (IEnumerable<string>)r[0]!).ToHashSet();
        shown.ShouldBe(report.Classes, ignoreOrder: true);
        (await Should.ThrowAsync<DataFormatException>(() => SceneFolder.BuildAsync(built.Folder, "many", SceneFolder.Small with { Classes = 100_000 }))).Message.ShouldContain("100000 classes are asked for");
    }

    [Fact]
    public void AnswersFollowFromBoxesAndLabels()
    {
        var scenes = Query($"select key, labels, boxes from '{Parquet("detection", "train")}'").ToDictionary(r => (string)r[0]!, r => (Labels: ((IEnumerable<string>)r[1]!).ToList(), Boxes: ((System.Collections.IEnumerable)r[2]!).Cast<IEnumerable<float>>().Select(b => b.ToArray()).ToList()));
        var questions = Query($"select key, question, answers, question_type from '{Parquet("questions", "train")}'");
        questions.Select(q => (string)q[3]!).Distinct().ShouldBe(["count", "presence", "colour", "position"], ignoreOrder: true);
        foreach (object?[] q in questions)
        {
            var (labels, boxes) = scenes[((string)q[0]!)[..9]];
            string text = (string)q[1]!, answer = ((IEnumerable<string>)q[2]!).Single();
            if (text.StartsWith("is there a")) answer.ShouldBe(labels.Contains(text.Split(' ')[^1]) ? "yes" : "no", text);
            if ((string)q[3]! == "count") labels.GroupBy(l => l).Select(g => g.Count().ToString()).ShouldContain(answer, text);
            if (text.EndsWith("left or the right half of the picture"))
            {
                float[] box = boxes[labels.IndexOf(text.Split(' ')[2])];
                answer.ShouldBe((box[0] + box[2]) / 2 < 64 ? "left" : "right", text);
            }
            if (text.StartsWith("what is above the"))
            {
                int below = labels.IndexOf(text.Split(' ')[^1]), above = labels.IndexOf(answer);
                boxes[above][1].ShouldBeLessThan(boxes[below][1], text);
            }
        }
    }

    [Fact]
    public void BoxesHoldTheirObjects()
    {
        foreach (object?[] row in Query($"select webp, boxes from '{Parquet("detection", "train")}'").Take(20))
        {
            using var picture = Cv2.ImDecode((byte[])row[0]!, ImreadModes.Color);
            picture.Size().ShouldBe(new Size(128, 128));
            using var ground = new Mat(picture.Size(), MatType.CV_8UC1, Scalar.Black);
            foreach (IEnumerable<float> b in (System.Collections.IEnumerable)row[1]!)
            {
                float[] box = [.. b];
                var rectangle = new Rect((int)box[0], (int)box[1], (int)(box[2] - box[0]), (int)(box[3] - box[1]));
                using var inside = new Mat(picture, rectangle);
                Cv2.MeanStdDev(inside, out _, out var deviation);
                (deviation.Val0 + deviation.Val1 + deviation.Val2).ShouldBeGreaterThan(10, "an object is in the box");
                Cv2.Rectangle(picture, rectangle, new Scalar(0, 0, 0), -1);
                Cv2.Rectangle(ground, rectangle, Scalar.White, -1);
            }
            using var outside = new Mat();
            Cv2.BitwiseNot(ground, outside);
            // a border of two pixels may carry the coder's ringing
            Cv2.Erode(outside, outside, new Mat(), iterations: 3);
            Cv2.MeanStdDev(picture, out _, out var rest, outside);
            rest.Val0.ShouldBeLessThan(3, "nothing is outside of the boxes");
        }
    }

    [Fact]
    public void ClipsMoveAsTheirAnswersSay()
    {
        int looked = 0;
        foreach (object?[] row in Query($"select mp4, question, answers from '{Parquet("clip-questions", "train")}' where question like 'in which direction%'"))
        {
            string path = Path.Combine(built.Folder, "clip.mp4");
            File.WriteAllBytes(path, (byte[])row[0]!);
            using var video = new VideoCapture(path);
            int frames = 0;
            using var frame = new Mat();
            while (video.Read(frame)) frames++;
            frames.ShouldBe(16);
            frame.Size().ShouldBe(default);
            new[] { "left", "right", "up", "down" }.ShouldContain(((IEnumerable<string>)row[2]!).Single());
            looked++;
        }
        looked.ShouldBeGreaterThan(5);
    }

    private string Parquet(string kind, string split) => Path.Combine(built.Folder, "a", kind, split, "*.parquet");

    private static List<object?[]> Query(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<object?[]> rows = [];
        while (reader.Read()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is Stream s ? Bytes(s) : reader.GetValue(i))]);
        return rows;
    }

    private static byte[] Bytes(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
