using static TorchSharp.torch;

namespace MammutScale.Training.Evaluation;

/// <summary>
/// Ranks by cosine similarity. A float32 matrix product sorts out clear cases; whatever comes near the threshold is decided
/// by a float64 dot product in one fixed order, so that equal embeddings are equal candidates and ties are seen as ties.
/// </summary>
public static class Retrieval
{
    private const float Doubt = 1e-4f;
    private const long BlockElements = 1 << 22;

    /// <param name="images">[N, D], row-major, of any length but zero.</param>
    /// <param name="texts">[M, D].</param>
    /// <param name="textToImage">The picture of every caption, [M], from 0.</param>
    /// <param name="width">D.</param>
    public static RetrievalScores Score(ReadOnlySpan<float> images, ReadOnlySpan<float> texts, ReadOnlySpan<int> textToImage, int width)
    {
        var (imageRanks, textRanks) = Ranks(images, texts, textToImage, width);
        return RetrievalScores.FromRanks(imageRanks, textRanks);
    }

    /// <summary>Blocks of <paramref name="foldSize"/> pictures in order, each scored alone with its own captions.</summary>
    /// <exception cref="ArgumentException"><paramref name="foldSize"/> does not divide the number of pictures.</exception>
    public static RetrievalScores[] ScoreFolds(ReadOnlySpan<float> images, ReadOnlySpan<float> texts, ReadOnlySpan<int> textToImage, int width, int foldSize)
    {
        var count = images.Length / width;
        if (foldSize < 1 || count % foldSize != 0)
            throw new ArgumentException($"A fold size of {foldSize} does not divide {count} pictures; choose a divisor.", nameof(foldSize));
        var folds = new RetrievalScores[count / foldSize];
        for (var fold = 0; fold < folds.Length; fold++)
        {
            var first = fold * foldSize;
            var rows = new List<float>();
            var owners = new List<int>();
            for (var text = 0; text < textToImage.Length; text++)
            {
                if (textToImage[text] < first || textToImage[text] >= first + foldSize) continue;
                rows.AddRange(texts.Slice(text * width, width));
                owners.Add(textToImage[text] - first);
            }

            folds[fold] = Score(images.Slice(first * width, foldSize * width), [.. rows], [.. owners], width);
        }

        return folds;
    }

    /// <summary>Rank of every picture's best caption and of every caption's picture.</summary>
    internal static (int[] Images, int[] Texts) Ranks(ReadOnlySpan<float> images, ReadOnlySpan<float> texts, ReadOnlySpan<int> textToImage, int width)
    {
        var (imageRows, textRows) = (UnitRows.From(images, width), UnitRows.From(texts, width));
        var (n, m) = (imageRows.Count, textRows.Count);
        if (textToImage.Length != m) throw new ArgumentException($"{m} captions need {m} picture numbers, not {textToImage.Length}.", nameof(textToImage));
        var captions = new List<int>[n];
        for (var i = 0; i < n; i++) captions[i] = [];
        var own = new double[m];
        for (var j = 0; j < m; j++)
        {
            if ((uint)textToImage[j] >= (uint)n) throw new ArgumentException($"Caption {j} belongs to picture {textToImage[j]}; there are {n}.", nameof(textToImage));
            captions[textToImage[j]].Add(j);
            own[j] = UnitRows.Dot(imageRows, textToImage[j], textRows, j);
        }

        var (imageRanks, textRanks) = (new int[n], new int[m]);
        var owners = textToImage.ToArray();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var columns = textRows.ToTensor().t();
        using var all = imageRows.ToTensor();
        var rowsAtOnce = (int)Math.Max(1, BlockElements / Math.Max(1, m));
        for (var first = 0; first < n && m > 0; first += rowsAtOnce)
        {
            using var inner = NewDisposeScope();
            var block = all.narrow(0, first, Math.Min(rowsAtOnce, n - first)).matmul(columns).data<float>().ToArray();
            for (var i = first; i < Math.Min(n, first + rowsAtOnce); i++)
            {
                var row = block.AsSpan((i - first) * m, m);
                var best = captions[i].Count == 0 ? double.PositiveInfinity : captions[i].Max(j => own[j]);
                for (var j = 0; j < m; j++)
                {
                    if (owners[j] == i) continue;
                    var similarity = row[j];
                    if (similarity < best - Doubt && similarity < own[j] - Doubt) continue;
                    var exact = UnitRows.Dot(imageRows, i, textRows, j);
                    if (exact >= best) imageRanks[i]++;
                    if (exact >= own[j]) textRanks[j]++;
                }

                if (captions[i].Count == 0) imageRanks[i] = int.MaxValue;
            }
        }

        return (imageRanks, textRanks);
    }
}
