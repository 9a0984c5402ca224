using System.Text.Json;
using MammutScale.Model.Weights;
using MammutScale.TestKit;
using MammutScale.Training.Evaluation;

namespace MammutScale.Training.Tests.Evaluation;

public sealed class RetrievalFixtureTests
{
    [Theory]
    [InlineData("plain", 15)]
    [InlineData("ragged", 0)]
    [InlineData("ties", 0)]
    public void ScoresAreThoseOfTheReference(string fixture, int foldSize)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var folder = Repository.PathOf("tests", "MammutScale.Training.Tests", "Fixtures", "retrieval", fixture);
        using var file = SafetensorsFile.Open(Path.Combine(folder, "embeddings.safetensors"));
        var image = file.Read("image");
        var images = image.data<float>().ToArray();
        var texts = file.Read("text").data<float>().ToArray();
        int[] owners = [.. file.Read("text_to_image").data<long>().ToArray().Select(i => (int)i)];
        var width = (int)image.shape[1];
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));

        Check(Retrieval.Score(images, texts, owners, width), expected.RootElement);
        if (foldSize > 0)
            Check(RetrievalScores.Mean(Retrieval.ScoreFolds(images, texts, owners, width, foldSize)), expected.RootElement.GetProperty("folds").GetProperty("mean"));
    }

    private static void Check(RetrievalScores scores, JsonElement expected)
    {
        void Equal(string key, double found) => found.ShouldBe(expected.GetProperty(key).GetDouble(), 1e-12, key);

        Equal("i2t_r1", scores.ImageToTextR1);
        Equal("i2t_r5", scores.ImageToTextR5);
        Equal("i2t_r10", scores.ImageToTextR10);
        Equal("t2i_r1", scores.TextToImageR1);
        Equal("t2i_r5", scores.TextToImageR5);
        Equal("t2i_r10", scores.TextToImageR10);
    }
}
