using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MammutScale.Coordinator.Rendezvous;

/// <summary>
/// The secret of a generation is HMAC-SHA256(secret of the run, generation): a pure function, so that the state machine needs
/// no randomness and a restarted coordinator hands out the same one; who knows one generation's secret cannot guess another's.
/// </summary>
internal static class GenerationSecret
{
    public const int Length = 32;

    public static byte[] Of(ReadOnlySpan<byte> runSecret, int generation)
    {
        Span<byte> message = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(message, generation);
        return HMACSHA256.HashData(runSecret, message);
    }

    public static byte[] NewRunSecret() => RandomNumberGenerator.GetBytes(Length);
}
