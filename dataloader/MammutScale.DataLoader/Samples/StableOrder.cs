using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MammutScale.DataLoader.Samples;

/// <summary>A number to sort by that mixes well and is the same everywhere and always.</summary>
internal static class StableOrder
{
    internal static ulong Of(string text) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
