using System.Text.Json;
using System.Text.Json.Serialization;

namespace MammutScale.DataLoader.Planning;

/// <summary>Where a run stands in its data: a few bytes that name the order and the step. Resuming needs nothing else.</summary>
public sealed record DataState
{
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    /// <summary><see cref="DataPlan.OrderVersion"/> that made the order.</summary>
    public required int Order { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Committed steps: the next global batch is this one.</summary>
    public required long Step { get; init; }

    public required int GlobalBatch { get; init; }

    public required int Lanes { get; init; }

    public required int ShuffleRows { get; init; }

    public required IReadOnlyList<SourceState> Sources { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, DataStateJson.Default.DataState);

    /// <exception cref="DataPlanException">Not a data state, or one of a newer version.</exception>
    public static DataState Parse(string json)
    {
        DataState? state;
        try
        {
            state = JsonSerializer.Deserialize(json, DataStateJson.Default.DataState);
        }
        catch (JsonException fault)
        {
            throw new DataPlanException($"the data state of the checkpoint cannot be read: {fault.Message}");
        }

        if (state is null)
            throw new DataPlanException("the data state of the checkpoint is empty");
        if (state.Version != CurrentVersion)
            throw new DataPlanException($"the data state of the checkpoint has version {state.Version}, this build reads version {CurrentVersion}: resume with the build that wrote it");
        return state;
    }

    /// <summary>
    /// What makes a plan whose state is <paramref name="now"/> give other batches than the run has had so far, one sentence each;
    /// empty when it goes on exactly where this state stopped.
    /// </summary>
    public IReadOnlyList<string> Differences(DataState now)
    {
        var found = new List<string>();
        Compare("order version", Order, now.Order);
        Compare("seed", Seed, now.Seed);
        Compare("global_batch", GlobalBatch, now.GlobalBatch);
        Compare("lanes", Lanes, now.Lanes);
        Compare("shuffle_rows", ShuffleRows, now.ShuffleRows);
        Compare("number of data sources", Sources.Count, now.Sources.Count);
        foreach (var (was, becomes) in Sources.Zip(now.Sources))
        {
            if (was.Index != becomes.Index)
                found.Add($"the files or the subset of data source '{becomes.Name}' have changed (index {Short(was.Index)} → {Short(becomes.Index)})");
            if (was.Parts != becomes.Parts)
                found.Add($"the share of data source '{becomes.Name}' was {Percent(was.Parts)}, now {Percent(becomes.Parts)}");
        }

        return found;

        void Compare<T>(string what, T was, T becomes)
            where T : IEquatable<T>
        {
            if (!was.Equals(becomes))
                found.Add($"{what} was {was}, now {becomes}");
        }
    }

    private static string Short(string fingerprint) => fingerprint.Length > 12 ? fingerprint[..12] : fingerprint;

    private static string Percent(long parts) => FormattableString.Invariant($"{parts * 100.0 / Mixture.Parts:0.####} %");
}

/// <summary>One source of the mixture in a <see cref="DataState"/>.</summary>
public sealed record SourceState
{
    public required string Name { get; init; }

    /// <summary>Fingerprint of the index and subset.</summary>
    public required string Index { get; init; }

    /// <summary>Share of the source in parts of 10⁹.</summary>
    public required long Parts { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DataState))]
internal sealed partial class DataStateJson : JsonSerializerContext;
