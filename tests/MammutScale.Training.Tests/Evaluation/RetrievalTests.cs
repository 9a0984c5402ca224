using MammutScale.Training.Evaluation;

namespace MammutScale.Training.Tests.Evaluation;

public sealed class RetrievalTests
{
    // signs of length 4: every similarity is exact
    private const int Width = 16;

    [Fact]
    public void RanksEqualThoseOfTheDefinition_WithSeveralCaptionsAPictureAndTies()
    {
        var random = new Random(1);
        float[] Rows(int count) => [.. Enumerable.Range(0, count * Width).Select(_ => random.Next(2) * 2f - 1)];
        var (images, texts) = (Rows(40), Rows(90));
        int[] owners = [.. Enumerable.Range(0, 90).Select(_ => random.Next(0, 38))];

        var (imageRanks, textRanks) = Retrieval.Ranks(images, texts, owners, Width);

        double Similarity(int i, int j)
        {
            double dot = 0, a = 0, b = 0;
            for (var k = 0; k < Width; k++)
            {
                dot += images[i * Width + k] * texts[j * Width + k];
                a += images[i * Width + k] * images[i * Width + k];
                b += texts[j * Width + k] * texts[j * Width + k];
            }

            return a * b > 0 ? Math.Round(dot / Math.Sqrt(a * b), 9) : 0;
        }

        for (var j = 0; j < 90; j++)
            textRanks[j].ShouldBe(Enumerable.Range(0, 40).Count(i => i != owners[j] && Similarity(i, j) >= Similarity(owners[j], j)));
        for (var i = 0; i < 40; i++)
        {
            var own = Enumerable.Range(0, 90).Where(j => owners[j] == i).ToList();
            imageRanks[i].ShouldBe(own.Count == 0 ? int.MaxValue : Enumerable.Range(0, 90).Count(j => owners[j] != i && Similarity(i, j) >= own.Max(o => Similarity(i, o))));
        }
    }

    [Fact]
    public void ACollapsedModelScoresNothing()
    {
        var rows = Enumerable.Repeat(0.3f, 20 * Width).ToArray();

        var scores = Retrieval.Score(rows, rows, [.. Enumerable.Range(0, 20)], Width);

        scores.ImageToTextR10.ShouldBe(0);
        scores.TextToImageR1.ShouldBe(0);
    }

    [Fact]
    public void FoldsAreScoredAlone()
    {
        float[] unit = new float[4 * 4];
        for (var i = 0; i < 4; i++) unit[i * 4 + i] = 1;

        var folds = Retrieval.ScoreFolds(unit, unit, [0, 1, 2, 3], 4, 2);

        folds.Length.ShouldBe(2);
        RetrievalScores.Mean(folds).ImageToTextR1.ShouldBe(1);
        Should.Throw<ArgumentException>(() => Retrieval.ScoreFolds(unit, unit, [0, 1, 2, 3], 4, 3)).Message.ShouldContain("does not divide 4");
    }
}
