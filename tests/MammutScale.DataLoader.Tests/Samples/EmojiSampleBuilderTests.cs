using MammutScale.DataLoader.Samples;
using OpenCvSharp;
using ParquetSharp;

namespace MammutScale.DataLoader.Tests.Samples;

public sealed class EmojiSampleBuilderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mammut-emoji-").FullName;

    [Fact]
    public async Task SameSourceGivesTheSameBytes_WhenBuiltTwice()
    {
        string source = FakePackages();
        var first = await new EmojiSampleBuilder(source, Path.Combine(_folder, "a")).BuildAsync();
        var second = await new EmojiSampleBuilder(source, Path.Combine(_folder, "b")).BuildAsync();
        first.Files.ShouldBe(second.Files);
        foreach (string file in first.Files)
            File.ReadAllBytes(Path.Combine(_folder, "a", file)).ShouldBe(File.ReadAllBytes(Path.Combine(_folder, "b", file)), file);
    }

    [Fact]
    public async Task TonesBecomeTrainingRowsOnly_AndMixedTonesNone()
    {
        var report = await new EmojiSampleBuilder(FakePackages(), Path.Combine(_folder, "a")).BuildAsync();
        report.TrainRows.ShouldBe(3);
        report.EvalRows.ShouldBe(2);
        using var file = new ParquetFileReader(Path.Combine(_folder, "a", "eval", "00000.parquet"));
        using var group = file.RowGroup(0);
        int caption = Enumerable.Range(0, file.FileMetaData.Schema.NumColumns).Single(c => file.FileMetaData.Schema.Column(c).Name == "caption");
        using var column = group.Column(caption).LogicalReader<string?>();
        column.ReadAll((int)group.MetaData.NumRows).ShouldBe(["grinning face"]);
    }

    [Fact]
    public async Task MissingPackageIsNamed_WithTheCommandThatInstallsIt()
    {
        var error = await Should.ThrowAsync<DataFormatException>(() => new EmojiSampleBuilder(_folder, Path.Combine(_folder, "a")).BuildAsync());
        error.Message.ShouldContain("emoji-datasource-google");
        error.Message.ShouldContain("npm install");
    }

    [Fact]
    public async Task OtherVersionIsRefused_BecauseTheDataWouldDiffer()
    {
        string source = FakePackages();
        File.WriteAllText(Path.Combine(source, "emojibase-data", "package.json"), """{ "version": "16.0.3" }""");
        var error = await Should.ThrowAsync<DataFormatException>(() => new EmojiSampleBuilder(source, Path.Combine(_folder, "a")).BuildAsync());
        error.Message.ShouldContain("16.0.3");
        error.Message.ShouldContain("17.0.0");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string FakePackages()
    {
        string source = Path.Combine(_folder, "node_modules");
        foreach (var (package, artist) in new[] { ("emoji-datasource-google", "google"), ("emoji-datasource-twitter", "twitter") })
        {
            string pictures = Path.Combine(source, package, "img", artist, "64");
            Directory.CreateDirectory(pictures);
            File.WriteAllText(Path.Combine(source, package, "package.json"), """{ "version": "16.0.0" }""");
            File.WriteAllText(Path.Combine(source, package, "emoji.json"), """
                [ { "unified": "1F44B", "image": "wave.png", "category": "People & Body", "sort_order": 2, "has_img_google": true, "has_img_twitter": true,
                    "skin_variations": {
                      "1F3FB": { "unified": "1F44B-1F3FB", "image": "wave-light.png", "has_img_google": true, "has_img_twitter": true },
                      "1F3FB-1F3FF": { "unified": "1F44B-1F3FB-1F3FF", "image": "wave-mixed.png", "has_img_google": true, "has_img_twitter": true } } },
                  { "unified": "1F600", "image": "grin.png", "category": "Smileys & Emotion", "sort_order": 1, "has_img_google": true, "has_img_twitter": true },
                  { "unified": "1F601", "image": "other.png", "category": "Smileys & Emotion", "sort_order": 3, "has_img_google": true, "has_img_twitter": false } ]
                """);
            foreach (string name in new[] { "wave", "wave-light", "wave-mixed", "grin" })
            {
                using var picture = new Mat(64, 64, MatType.CV_8UC4, new Scalar(name.Length, 20, 200, 255));
                Cv2.Circle(picture, new Point(20, 20), name.Length, new Scalar(255, 0, 0, 128), -1);
                Cv2.ImWrite(Path.Combine(pictures, name + ".png"), picture);
            }
        }
        Directory.CreateDirectory(Path.Combine(source, "emojibase-data", "en"));
        File.WriteAllText(Path.Combine(source, "emojibase-data", "package.json"), """{ "version": "17.0.0" }""");
        File.WriteAllText(Path.Combine(source, "emojibase-data", "en", "data.json"), """
            [ { "label": "waving hand", "hexcode": "1F44B", "emoji": "👋", "tags": ["hello", "bye", "hand"],
                "skins": [ { "label": "waving hand: light skin tone", "hexcode": "1F44B-1F3FB", "emoji": "👋🏻" } ] },
              { "label": "grinning face", "hexcode": "1F600", "emoji": "😀", "tags": ["happy", "smile"] } ]
            """);
        return source;
    }
}
