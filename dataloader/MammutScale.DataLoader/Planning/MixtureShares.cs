namespace MammutScale.DataLoader.Planning;

internal static class MixtureShares
{
    /// <summary>Relative shares by weight (sample counts where no source has one) and temperature.</summary>
    public static double[] Of(IReadOnlyList<PlanSource> sources, double temperature)
    {
        if (!(double.IsFinite(temperature) && temperature > 0))
            throw new DataPlanException($"mixture temperature is {temperature}: expected a number above 0");
        var weighted = sources.Count(source => source.Weight is not null);
        if (weighted != 0 && weighted != sources.Count)
        {
            var without = string.Join(", ", sources.Where(source => source.Weight is null).Select(source => $"'{source.Name}'"));
            throw new DataPlanException($"some data sources have a weight, but not {without}: give every source one, or none (then sizes decide)");
        }

        var weights = sources.Select(source => source.Weight ?? source.Samples).ToArray();
        var largest = weights.Max();
        return [.. weights.Select(weight => Math.Pow(weight / largest, 1 / temperature))];
    }
}
