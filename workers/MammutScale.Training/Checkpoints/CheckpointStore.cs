using System.Globalization;
using System.Security.Cryptography;
using MammutScale.Storage;

namespace MammutScale.Training.Checkpoints;

/// <summary>The checkpoints of one run in a blob store: runs/&lt;run&gt;/checkpoints/step-00001200/{part-0.safetensors, …, manifest.json}.</summary>
public sealed class CheckpointStore(IBlobStore store, string run)
{
    private const string ManifestFile = "manifest.json";
    private const int Window = 4 << 20;

    public IBlobStore Blobs { get; } = store;

    public string Run { get; } = run;

    private string Root => $"runs/{Run}/checkpoints/";

    /// <summary>Name of a checkpoint as messages and paths have it.</summary>
    public static string NameOf(long step) => string.Create(CultureInfo.InvariantCulture, $"step-{step:D8}");

    public string Key(long step, string file) => $"{Root}{NameOf(step)}/{file}";

    /// <summary>Steps that have a manifest, newest first. Whether they are good shows when they are verified.</summary>
    public async Task<IReadOnlyList<long>> ListAsync(CancellationToken cancellation = default)
    {
        var steps = new List<long>();
        await foreach (var blob in Blobs.ListAsync(Root, cancellation))
        {
            var parts = blob.Key[Root.Length..].Split('/');
            if (parts is [var folder, ManifestFile] && folder.StartsWith("step-", StringComparison.Ordinal)
                && long.TryParse(folder.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var step))
                steps.Add(step);
        }

        steps.Sort((a, b) => b.CompareTo(a));
        return steps;
    }

    /// <summary>Null when there is none.</summary>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    public async Task<Manifest?> TryReadManifestAsync(long step, CancellationToken cancellation = default)
    {
        var content = await Blobs.TryReadAllAsync(Key(step, ManifestFile), cancellation);
        if (content is null) return null;
        var manifest = Manifest.Parse(content.Bytes, NameOf(step));
        return manifest.Step == step ? manifest : throw new CheckpointException($"The manifest of {NameOf(step)} is that of step {manifest.Step}.");
    }

    /// <exception cref="CheckpointException">There is none, or it cannot be read.</exception>
    public async Task<Manifest> ReadManifestAsync(long step, CancellationToken cancellation = default) =>
        await TryReadManifestAsync(step, cancellation) ?? throw new CheckpointException($"{Blobs.Address} has no checkpoint {NameOf(step)} of run {Run}.");

    /// <summary>Reads one part whole and compares length and hash.</summary>
    /// <exception cref="CheckpointException">Names the checkpoint and the part.</exception>
    public Task VerifyPartAsync(Manifest manifest, SavedPart part, CancellationToken cancellation = default) =>
        VerifyPartAsync(manifest.Step, part.File, part.Bytes, part.Sha256, cancellation);

    /// <summary>Reads one part whole and compares length and hash.</summary>
    /// <param name="step">Names the checkpoint.</param>
    /// <param name="file">The part.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="sha256">Its hash, hex.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CheckpointException">Names the checkpoint and the part.</exception>
    internal async Task VerifyPartAsync(long step, string file, long bytes, string sha256, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var name = $"{file} of {NameOf(step)}";
        try
        {
            using var reader = await Blobs.OpenAsync(Key(step, file), cancellation);
            if (reader.Blob.Length != bytes) throw new CheckpointException($"{name} has {reader.Blob.Length} bytes, {bytes} were written.");
            var window = new byte[(int)Math.Min(Window, Math.Max(1, bytes))];
            for (long at = 0; at < bytes;)
            {
                var read = await reader.ReadAsync(at, window, cancellation);
                if (read == 0) throw new CheckpointException($"{name} ends after {at} of {bytes} bytes.");
                hash.AppendData(window, 0, read);
                at += read;
            }
        }
        catch (StorageException e)
        {
            throw new CheckpointException($"{name} cannot be read: {e.Message}", e);
        }

        var found = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (found != sha256) throw new CheckpointException($"{name} is damaged: its SHA-256 is {found}, that of what was written {sha256}.");
    }

    /// <summary>The commit: fails when there is a manifest already.</summary>
    public async Task CommitAsync(Manifest manifest, CancellationToken cancellation = default)
    {
        try
        {
            await Blobs.WriteAsync(Key(manifest.Step, ManifestFile), manifest.ToJson(), BlobCondition.CreateOnly, cancellation);
        }
        catch (StorageException e) when (e.Fault == StorageFault.ConditionFailed)
        {
            throw new CheckpointException($"{NameOf(manifest.Step)} of run {Run} has been committed by somebody else in the meantime.", e);
        }
    }

    /// <summary>Takes the commit back, so that parts may be written again.</summary>
    public async Task DropManifestAsync(long step, CancellationToken cancellation = default) => await Blobs.DeleteAsync(Key(step, ManifestFile), cancellation: cancellation);

    /// <summary>Deletes a checkpoint: the manifest first, so that it never looks whole while it goes.</summary>
    public async Task DeleteAsync(long step, CancellationToken cancellation = default)
    {
        await DropManifestAsync(step, cancellation);
        var keys = new List<string>();
        await foreach (var blob in Blobs.ListAsync($"{Root}{NameOf(step)}/", cancellation)) keys.Add(blob.Key);
        foreach (var key in keys) await Blobs.DeleteAsync(key, cancellation: cancellation);
    }
}
