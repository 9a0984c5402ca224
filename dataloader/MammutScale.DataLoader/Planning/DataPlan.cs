namespace MammutScale.DataLoader.Planning;

/// <summary>
/// Which rows make up global batch t: a pure function of (sources, options, t), the same at any number of ranks. Every lane gives
/// <see cref="SamplesPerLane"/> samples to every batch, in lane order; every selected row comes once in an epoch of its source;
/// an epoch's rest that does not fill a batch opens the next epoch's first batch. A look-up is O(log row groups); memory is
/// O(row groups), nothing is kept per sample. Thread-safe.
/// </summary>
public sealed class DataPlan
{
    /// <summary>Version of the order. A change of any formula here makes a new one, so that a run never goes on in another order unnoticed.</summary>
    public const int OrderVersion = 1;

    private readonly SourceOrder[] _orders;
    private readonly PlanSource[] _sources;

    /// <exception cref="DataPlanException">The options cannot be met.</exception>
    public DataPlan(PlanOptions options, params IReadOnlyList<PlanSource> sources)
    {
        LaneChoice.Check(options.GlobalBatch, options.Lanes);
        if (options.ShuffleRows < 1)
            throw new DataPlanException($"shuffle_rows is {options.ShuffleRows}: expected at least 1");
        if (sources.Count == 0)
            throw new DataPlanException("the mixture names no data source: expected at least one");
        Options = options;
        _sources = [.. sources];
        _orders = [.. sources.Select((source, number) => new SourceOrder(number, source, options))];
        Mixture = new Mixture(MixtureShares.Of(_sources, options.Temperature), options.Lanes);
    }

    public PlanOptions Options { get; }

    public IReadOnlyList<PlanSource> Sources => _sources;

    /// <summary>Samples that a lane gives to a global batch: global batch / lanes.</summary>
    public int SamplesPerLane => Options.GlobalBatch / Options.Lanes;

    internal Mixture Mixture { get; }

    /// <summary>Sample <paramref name="index"/> of a lane's slice of global batch <paramref name="step"/>.</summary>
    public PlannedSample At(long step, int lane, int index)
    {
        CheckPlace(step, lane);
        if ((uint)index >= (uint)SamplesPerLane)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"not in 0 … {SamplesPerLane - 1}");
        var (source, item) = Mixture.Locate(lane, (step * SamplesPerLane) + index);
        var order = _orders[source];
        var (span, position) = order.PlaceOf(lane, item);
        var block = order.BlockAt(span, position);
        return new PlannedSample(order.RowAt(span.Epoch, block.First + order.Shuffle(block)[position - block.First]), lane, span.Epoch, position);
    }

    /// <summary>Walks through the slices of a lane from a step on.</summary>
    public LaneCursor Open(int lane, long step)
    {
        CheckPlace(step, lane);
        return new LaneCursor(Mixture, _orders, SamplesPerLane, lane, step);
    }

    /// <summary>
    /// What lanes will read from a step on, soonest need first; endless. Between steps a and b a rank needs exactly the entries with
    /// FirstStep ≤ b and LastStep ≥ a.
    /// </summary>
    public IEnumerable<RowGroupRead> ReadAhead(LaneRange lanes, long step)
    {
        CheckPlace(step, lanes.First);
        CheckPlace(step, Math.Max(lanes.First, lanes.End - 1));
        return new ReadAhead(Mixture, _orders, SamplesPerLane).From(lanes, step);
    }

    /// <summary>
    /// The row that stands in for a bad one: first the following rows of its shuffle block in the order in which they are used,
    /// around its end to its start, then the rows after the block. Null when the whole epoch has been tried.
    /// </summary>
    /// <param name="attempt">1 for the first replacement, 2 when that one is bad as well, and so on.</param>
    public SampleId? Replacement(PlannedSample sample, int attempt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        var order = _orders[sample.Id.Source];
        var samples = order.Source.Samples;
        if (attempt >= samples)
            return null;
        var block = order.BlockOf(sample);
        if (attempt < block.Count)
            return order.RowAt(sample.Epoch, block.First + order.Shuffle(block)[(sample.Position - block.First + attempt) % block.Count]);
        return order.RowAt(sample.Epoch, (block.First + attempt) % samples);
    }

    /// <summary>Samples of a source in the first <paramref name="steps"/> global batches.</summary>
    public long Consumed(long steps, int source)
    {
        long total = 0;
        for (var lane = 0; lane < Options.Lanes; lane++)
            total += Mixture.Given(lane, steps * SamplesPerLane, source);
        return total;
    }

    /// <summary>The share of every global batch that a source gives on average, 0 … 1.</summary>
    public double Share(int source) => Mixture.Share(source);

    /// <summary>Steps after which as many samples as <paramref name="epochs"/> passes over all sources have been used, the last batch filled up.</summary>
    public long StepsFor(double epochs) => (long)Math.Ceiling(epochs * _sources.Sum(source => (double)source.Samples) / Options.GlobalBatch);

    /// <summary>What a checkpoint keeps of the data: enough to go on, or to refuse to.</summary>
    public DataState StateAt(long step) => new()
    {
        Version = DataState.CurrentVersion,
        Order = OrderVersion,
        Seed = Options.Seed,
        Step = step,
        GlobalBatch = Options.GlobalBatch,
        Lanes = Options.Lanes,
        ShuffleRows = Options.ShuffleRows,
        Sources = [.. _sources.Select((source, number) => new SourceState { Name = source.Name, Index = source.Fingerprint, Parts = Mixture.PartsOf(number) })],
    };

    /// <summary>Refuses to go on from a state that another plan has made.</summary>
    /// <exception cref="DataPlanException">Says in what they differ.</exception>
    public void EnsureContinues(DataState state)
    {
        if (state.Differences(StateAt(state.Step)) is { Count: > 0 } found)
            throw new DataPlanException($"the data of this run has changed since step {state.Step}, so rows would be repeated or left out: {string.Join("; ", found)}");
    }

    private void CheckPlace(long step, int lane)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if ((uint)lane >= (uint)Options.Lanes)
            throw new ArgumentOutOfRangeException(nameof(lane), lane, $"not in 0 … {Options.Lanes - 1}");
    }
}
