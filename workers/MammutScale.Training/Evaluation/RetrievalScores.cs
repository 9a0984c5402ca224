namespace MammutScale.Training.Evaluation;

/// <summary>Zero-shot retrieval over all candidates, shares from 0 to 1: i2t finds a caption for a picture, t2i a picture for a caption.</summary>
public sealed record RetrievalScores
{
    public required int Images { get; init; }

    public required int Texts { get; init; }

    public required double ImageToTextR1 { get; init; }

    public required double ImageToTextR5 { get; init; }

    public required double ImageToTextR10 { get; init; }

    public required double TextToImageR1 { get; init; }

    public required double TextToImageR5 { get; init; }

    public required double TextToImageR10 { get; init; }

    /// <summary>
    /// R@K is the share of queries whose rank is below K. The rank counts foreign candidates that score at least as well as
    /// the best right one: ties go against the model, so that a collapsed one scores 0. A picture without captions is missed.
    /// </summary>
    /// <param name="imageRanks">Rank of every picture's best caption; <see cref="int.MaxValue"/> without captions.</param>
    /// <param name="textRanks">Rank of every caption's picture.</param>
    public static RetrievalScores FromRanks(ReadOnlySpan<int> imageRanks, ReadOnlySpan<int> textRanks) => new()
    {
        Images = imageRanks.Length,
        Texts = textRanks.Length,
        ImageToTextR1 = Recall(imageRanks, 1),
        ImageToTextR5 = Recall(imageRanks, 5),
        ImageToTextR10 = Recall(imageRanks, 10),
        TextToImageR1 = Recall(textRanks, 1),
        TextToImageR5 = Recall(textRanks, 5),
        TextToImageR10 = Recall(textRanks, 10),
    };

    /// <summary>The plain mean of several scores (the folds of the 1k convention).</summary>
    public static RetrievalScores Mean(IReadOnlyCollection<RetrievalScores> scores) => new()
    {
        Images = scores.Sum(s => s.Images),
        Texts = scores.Sum(s => s.Texts),
        ImageToTextR1 = scores.Average(s => s.ImageToTextR1),
        ImageToTextR5 = scores.Average(s => s.ImageToTextR5),
        ImageToTextR10 = scores.Average(s => s.ImageToTextR10),
        TextToImageR1 = scores.Average(s => s.TextToImageR1),
        TextToImageR5 = scores.Average(s => s.TextToImageR5),
        TextToImageR10 = scores.Average(s => s.TextToImageR10),
    };

    private static double Recall(ReadOnlySpan<int> ranks, int k)
    {
        var hits = 0;
        foreach (var rank in ranks)
        {
            if (rank < k) hits++;
        }

        return ranks.Length == 0 ? 0 : (double)hits / ranks.Length;
    }
}
