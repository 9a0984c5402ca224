using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace MammutScale.Collectives.Tcp.Joining;

/// <summary>
/// Both sides prove that they know the generation's secret without showing it: HMAC-SHA-256 over a label, the hello (with the
/// client's nonce) and the first answer (with the server's).
/// </summary>
internal static class Handshake
{
    private static readonly byte[] ClientLabel = Encoding.ASCII.GetBytes("mammut client");
    private static readonly byte[] ServerLabel = Encoding.ASCII.GetBytes("mammut server");

    public static Hello NewHello(long generation, int from, int to, int world, int lane, int lanes)
    {
        Span<ulong> nonce = stackalloc ulong[3];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(nonce));
        return new Hello
        {
            Mark = Hello.ExpectedMark,
            Generation = generation,
            From = from,
            To = to,
            World = world,
            Lane = lane,
            Lanes = lanes,
            Nonce0 = nonce[0],
            Nonce1 = nonce[1],
            Nonce2 = nonce[2],
        };
    }

    /// <summary>The connecting side.</summary>
    /// <exception cref="HandshakeException">The other side refuses, or is not who it should be.</exception>
    public static void Introduce(int descriptor, Hello hello, ReadOnlySpan<byte> secret, Deadline deadline)
    {
        Wire.Send(descriptor, AsBytes(ref hello), deadline);
        var challenge = Receive<Answer>(descriptor, deadline);
        if (challenge.Refusal != Refusal.None) throw Refused(challenge.Refusal);
        Wire.Send(descriptor, Proof(ClientLabel, secret, ref hello, ref challenge), deadline);
        var verdict = Receive<Answer>(descriptor, deadline);
        if (verdict.Refusal != Refusal.None) throw Refused(verdict.Refusal);
        if (!CryptographicOperations.FixedTimeEquals(verdict.TokenBytes, Proof(ServerLabel, secret, ref hello, ref challenge)))
            throw new HandshakeException("does not know the generation's secret");
    }

    public static Hello ReceiveHello(int descriptor, Deadline deadline)
    {
        // whatever is no hello is told from its first bytes: a stranger may never send 64
        Span<byte> hello = stackalloc byte[Hello.Bytes];
        Wire.Receive(descriptor, hello[..8], deadline);
        if (BitConverter.ToUInt64(hello) != Hello.ExpectedMark)
            throw new HandshakeException($"does not speak this protocol (it began with {Convert.ToHexString(hello[..8])})", Refusal.Garbage);
        Wire.Receive(descriptor, hello[8..], deadline);
        return MemoryMarshal.Read<Hello>(hello);
    }

    public static void Refuse(int descriptor, Refusal refusal, Deadline deadline)
    {
        var answer = new Answer { Refusal = refusal };
        Wire.Send(descriptor, AsBytes(ref answer), deadline);
    }

    /// <summary>The accepting side, once it knows the generation: lets the other one prove itself, then does the same.</summary>
    public static void Challenge(int descriptor, Hello hello, ReadOnlySpan<byte> secret, Deadline deadline)
    {
        var challenge = default(Answer);
        challenge.SetToken(RandomNumberGenerator.GetBytes(32));
        Wire.Send(descriptor, AsBytes(ref challenge), deadline);
        Span<byte> proof = stackalloc byte[32];
        Wire.Receive(descriptor, proof, deadline);
        if (!CryptographicOperations.FixedTimeEquals(proof, Proof(ClientLabel, secret, ref hello, ref challenge)))
        {
            Refuse(descriptor, Refusal.WrongSecret, deadline);
            throw new HandshakeException(Refusal.WrongSecret.Text(), Refusal.WrongSecret);
        }
        var verdict = default(Answer);
        verdict.SetToken(Proof(ServerLabel, secret, ref hello, ref challenge));
        Wire.Send(descriptor, AsBytes(ref verdict), deadline);
    }

    private static byte[] Proof(byte[] label, ReadOnlySpan<byte> secret, ref Hello hello, ref Answer challenge)
    {
        Span<byte> message = stackalloc byte[label.Length + Hello.Bytes + Answer.Bytes];
        label.CopyTo(message);
        AsBytes(ref hello).CopyTo(message[label.Length..]);
        AsBytes(ref challenge).CopyTo(message[(label.Length + Hello.Bytes)..]);
        return HMACSHA256.HashData(secret, message);
    }

    private static T Receive<T>(int descriptor, Deadline deadline)
        where T : unmanaged
    {
        var message = default(T);
        Wire.Receive(descriptor, AsBytes(ref message), deadline);
        return message;
    }

    private static Span<byte> AsBytes<T>(ref T value)
        where T : unmanaged
        => MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref value, 1));

    private static HandshakeException Refused(Refusal refusal) => new($"refused this rank's connection: {refusal.Text()}", refusal);
}
