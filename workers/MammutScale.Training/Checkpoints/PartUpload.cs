using System.Security.Cryptography;

namespace MammutScale.Training.Checkpoints;

/// <summary>Writes one rank's part behind training, hashing what it writes.</summary>
internal static class PartUpload
{
    private const int Window = 1 << 20;

    /// <summary>
    /// Writes the part, unless a checkpoint of this step with the same weights is committed already (a run that was resumed
    /// from an earlier one). A committed one with other weights loses its manifest first, so that it never looks whole.
    /// </summary>
    /// <param name="store">Where to.</param>
    /// <param name="step">Names the checkpoint.</param>
    /// <param name="weightsHash">Of the weights; null when what stands there is known to be damaged.</param>
    /// <param name="layout">Of this rank's part.</param>
    /// <param name="snapshot">Its bytes.</param>
    /// <param name="verify">Read it back and compare hashes.</param>
    /// <param name="cancellation">Gives up; nothing is published then.</param>
    /// <exception cref="CheckpointException">The store gives back something else than it was given.</exception>
    /// <returns>Size and SHA-256 of the part; the hash is null when nothing had to be written.</returns>
    public static async Task<(long Bytes, byte[]? Sha256)> RunAsync(CheckpointStore store, long step, string? weightsHash, PartLayout layout, StateSnapshot snapshot, bool verify, CancellationToken cancellation)
    {
        if (await Standing(store, step, cancellation) is { } standing)
        {
            if (standing.WeightsHash == weightsHash) return (0, null);
            await store.DropManifestAsync(step, cancellation);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await store.Blobs.WriteAsync(store.Key(step, layout.File), async (stream, token) =>
        {
            // a store may ask for the content again after a failure
            hash.GetHashAndReset();
            hash.AppendData(layout.Header);
            await stream.WriteAsync(layout.Header, token);
            var window = new byte[Window];
            for (long at = 0; at < layout.DataBytes; at += Window)
            {
                var count = (int)Math.Min(Window, layout.DataBytes - at);
                snapshot.Bytes(at, count).CopyTo(window);
                hash.AppendData(window, 0, count);
                await stream.WriteAsync(window.AsMemory(0, count), token);
            }
        }, cancellation: cancellation);
        var sha = hash.GetHashAndReset();
        if (verify) await store.VerifyPartAsync(step, layout.File, layout.Bytes, Convert.ToHexStringLower(sha), cancellation);
        return (layout.Bytes, sha);
    }

    private static async Task<Manifest?> Standing(CheckpointStore store, long step, CancellationToken cancellation)
    {
        try
        {
            var manifest = await store.TryReadManifestAsync(step, cancellation);
            if (manifest is null) return null;
            foreach (var part in manifest.Parts)
            {
                if (await store.Blobs.StatAsync(store.Key(step, part.File), cancellation) is not { } blob || blob.Length != part.Bytes)
                    return manifest with { WeightsHash = "" };
            }

            return manifest;
        }
        catch (CheckpointException)
        {
            await store.DropManifestAsync(step, cancellation);
            return null;
        }
    }
}
