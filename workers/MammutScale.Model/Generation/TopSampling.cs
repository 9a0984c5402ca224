namespace MammutScale.Model.Generation;

/// <summary>Draws one of a row's likeliest tokens.</summary>
internal static class TopSampling
{
    /// <summary>
    /// Temperature first; then the tokens that together reach <paramref name="topP"/> (the one that reaches it included) are
    /// drawn in proportion to their probability.
    /// </summary>
    /// <param name="logProbabilities">Falling; the k of top-k are all there are.</param>
    /// <param name="temperature">Above 0.</param>
    /// <param name="topP">Above 0, at most 1.</param>
    /// <param name="uniform">The draw, from 0 to below 1.</param>
    /// <returns>Index of the token.</returns>
    public static int Draw(ReadOnlySpan<float> logProbabilities, double temperature, double topP, double uniform)
    {
        var weights = new double[logProbabilities.Length];
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
            sum += weights[i] = Math.Exp((logProbabilities[i] - logProbabilities[0]) / temperature);
        int kept = 0;
        double mass = 0;
        while (kept < weights.Length && (kept == 0 || mass < topP * sum))
            mass += weights[kept++];
        double left = uniform * mass;
        for (int i = 0; i < kept - 1; i++)
        {
            left -= weights[i];
            if (left < 0)
                return i;
        }
        return LastPossible(weights.AsSpan(0, kept));
    }

    // rounding must not end on a token of probability 0
    private static int LastPossible(ReadOnlySpan<double> weights)
    {
        int last = weights.Length - 1;
        while (weights[last] == 0)
            last--;
        return last;
    }
}
