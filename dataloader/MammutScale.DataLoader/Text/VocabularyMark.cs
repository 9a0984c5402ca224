using System.Security.Cryptography;

namespace MammutScale.DataLoader.Text;

/// <summary>Identity of a vocabulary: the hash of its files.</summary>
internal static class VocabularyMark
{
    internal static string Of(params IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in files) hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
