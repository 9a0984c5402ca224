using MammutScale.Storage;

namespace MammutScale.DataLoader.Places;

/// <summary>A file of a data set: its store, and what the store knows of it.</summary>
/// <param name="Blob">Its key is relative to <see cref="Store"/>'s address.</param>
public sealed record DataFile(IBlobStore Store, BlobInfo Blob)
{
    /// <summary>Where it is, as a person would write it.</summary>
    public string Address => DataAddress.Join(Store.Address, Blob.Key);
}
