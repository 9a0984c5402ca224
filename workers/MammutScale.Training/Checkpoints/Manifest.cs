using System.Text.Json;
using System.Text.Json.Serialization;

namespace MammutScale.Training.Checkpoints;

/// <summary>What a checkpoint is. It is written last: where there is a manifest there is a whole checkpoint.</summary>
public sealed record Manifest
{
    public const string FormatName = "mammutscale-checkpoint";

    public const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    public string Format { get; init; } = FormatName;

    public int Version { get; init; } = CurrentVersion;

    public required string Run { get; init; }

    /// <summary>Committed optimizer steps.</summary>
    public required long Step { get; init; }

    public required ProgressState Progress { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The checkpoint that the run was last started from, or null.</summary>
    public long? Parent { get; init; }

    /// <summary>The resolved run file, YAML.</summary>
    public required string RunFile { get; init; }

    /// <summary>Where video tubes lie in a clip, as <see cref="Model.Tubes.VideoConfigJson"/> has it; null of a run of pictures.</summary>
    public string? VideoTubes { get; init; }

    /// <summary>Hash of the weights, 16 hexadecimal digits; equal on all ranks.</summary>
    public required string WeightsHash { get; init; }

    /// <summary>Elements of each flat buffer.</summary>
    public required long FlatLength { get; init; }

    /// <summary>The flat buffers that were saved: weights, first, second, and ema where it is kept. float32.</summary>
    public required IReadOnlyList<string> Buffers { get; init; }

    /// <summary>Where each parameter lies in a flat buffer.</summary>
    public required IReadOnlyList<SavedParameter> Parameters { get; init; }

    public required IReadOnlyList<SavedPart> Parts { get; init; }

    /// <summary>Bytes of all parts.</summary>
    [JsonIgnore]
    public long Bytes => Parts.Sum(p => p.Bytes);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="CheckpointException">The text is no manifest of a version that is known here.</exception>
    public static Manifest Parse(ReadOnlySpan<byte> json, string name)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<Manifest>(json, Json) ?? throw new CheckpointException($"The manifest of {name} is empty.");
            if (manifest.Format != FormatName) throw new CheckpointException($"The manifest of {name} is of format '{manifest.Format}', expected '{FormatName}'.");
            if (manifest.Version != CurrentVersion) throw new CheckpointException($"{name} has format version {manifest.Version}; this build reads {CurrentVersion}. Use the release that wrote it.");
            return manifest;
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"The manifest of {name} cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>Where the run is beside its weights.</summary>
public sealed record ProgressState
{
    /// <summary>Updates made by the optimizer (steps without skipped ones).</summary>
    public required long Updates { get; init; }

    /// <summary>The batch of step t is batch t + <see cref="BatchOffset"/>: batches left out by rewinding.</summary>
    public required long BatchOffset { get; init; }

    /// <summary>Samples seen.</summary>
    public required long Samples { get; init; }

    /// <summary>Updates skipped because something was not finite.</summary>
    public required long Skipped { get; init; }

    /// <summary>Seed of the run: with the step it gives order, augmentation and all other randomness.</summary>
    public required long Seed { get; init; }

    /// <summary>Fingerprint of the data set that the batches come from.</summary>
    public required string Data { get; init; }
}

/// <summary>A parameter in the flat buffers.</summary>
public sealed record SavedParameter(string Name, long[] Shape, long Offset);

/// <summary>One part file: the whole of some ranges of the flat buffers.</summary>
public sealed record SavedPart(string File, long Bytes, string Sha256, IReadOnlyList<SavedRange> Ranges);

/// <summary>A range of a flat buffer in a part file.</summary>
/// <param name="Buffer">Name of the flat buffer.</param>
/// <param name="Offset">First element in it.</param>
/// <param name="Length">Elements.</param>
/// <param name="Position">First byte in the file.</param>
public sealed record SavedRange(string Buffer, long Offset, long Length, long Position);
