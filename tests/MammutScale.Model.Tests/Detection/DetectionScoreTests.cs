using System.Text.Json;
using MammutScale.Model.Detection;

namespace MammutScale.Model.Tests.Detection;

public sealed class DetectionScoreTests
{
    [Theory]
    [InlineData("by-hand")]
    [InlineData("edge")]
    [InlineData("hundred")]
    [InlineData("plain")]
    public void EqualsTheReferenceEvaluator(string fixture)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Detection", "scores", fixture);
        using JsonDocument references = Read("references"), predictions = Read("predictions"), expected = Read("expected");
        DetectionScore score = DetectionScore.Of(
            [.. references.RootElement.GetProperty("annotations").EnumerateArray().Select(Object)],
            [.. predictions.RootElement.EnumerateArray().Select(Detected)]);
        (string Key, double Value)[] found =
        [
            ("ap", score.Ap), ("ap50", score.Ap50), ("ap75", score.Ap75), ("ap_small", score.ApSmall), ("ap_medium", score.ApMedium), ("ap_large", score.ApLarge),
            ("ar_1", score.Ar1), ("ar_10", score.Ar10), ("ar_100", score.Ar100), ("ar_small", score.ArSmall), ("ar_medium", score.ArMedium), ("ar_large", score.ArLarge),
        ];
        foreach ((string key, double value) in found)
            value.ShouldBe(expected.RootElement.GetProperty(key).GetDouble(), 1e-9, key);

        JsonDocument Read(string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, name + ".json")));
    }

    [Fact]
    public void OneHitBetweenTwoErrorsIsHalfOfHalf()
    {
        // two objects; detections by score: wrong, right: precision ½ up to recall ½, then nothing: 51 of 101 points
        TrueObject[] objects = [Truth(1, 0), Truth(1, 200)];
        ScoredBox[] found = [Found(1, 400, 0.9), Found(1, 0, 0.8)];
        DetectionScore.Of(objects, found).Ap50.ShouldBe(0.5 * 51 / 101, 1e-12);
    }

    [Fact]
    public void NothingFoundIsZero_AndNothingToFindIsAbsent()
    {
        DetectionScore none = DetectionScore.Of([Truth(1, 0)], []);
        none.Ap.ShouldBe(0);
        none.Ar100.ShouldBe(0);
        none.ApLarge.ShouldBe(-1);
        DetectionScore.Of([], [Found(1, 0, 1)]).Ap.ShouldBe(-1);
    }

    private static TrueObject Truth(long picture, double x) => new(picture, 1, x, 0, 50, 50, 2500);

    private static ScoredBox Found(long picture, double x, double score) => new(picture, 1, x, 0, 50, 50, score);

    private static TrueObject Object(JsonElement e)
    {
        double[] b = Numbers(e.GetProperty("bbox"));
        bool crowd = e.TryGetProperty("iscrowd", out JsonElement c) && c.GetInt32() != 0;
        return new(e.GetProperty("image_id").GetInt64(), e.GetProperty("category_id").GetInt64(), b[0], b[1], b[2], b[3], e.GetProperty("area").GetDouble(), crowd);
    }

    private static ScoredBox Detected(JsonElement e)
    {
        double[] b = Numbers(e.GetProperty("bbox"));
        return new(e.GetProperty("image_id").GetInt64(), e.GetProperty("category_id").GetInt64(), b[0], b[1], b[2], b[3], e.GetProperty("score").GetDouble());
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(n => n.GetDouble())];
}
