using System.Runtime.InteropServices;

namespace MammutScale.Collectives.Tcp.Joining;

/// <summary>The first message of a connection: who wants to talk to whom. 64 bytes, little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal struct Hello
{
    public const int Bytes = 64;

    /// <summary>"MAMMUTc1"</summary>
    public const ulong ExpectedMark = 0x3163_5455_4D4D_414D;

    /// <summary>The lane number of a control connection.</summary>
    public const int Control = -1;

    public ulong Mark;
    public long Generation;
    public int From;
    public int To;
    public int World;
    public int Lane;
    public int Lanes;
    public int Reserved;
    public ulong Nonce0;
    public ulong Nonce1;
    public ulong Nonce2;
}

/// <summary>The answer to a <see cref="Hello"/>, and at last the verdict. 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal unsafe struct Answer
{
    public const int Bytes = 64;

    public Refusal Refusal;
    public fixed byte Padding[31];

    /// <summary>A nonce in the first answer, the proof of knowing the secret in the second.</summary>
    public fixed byte Token[32];

    public readonly ReadOnlySpan<byte> TokenBytes
    {
        get
        {
            fixed (byte* token = Token) return new ReadOnlySpan<byte>(token, 32).ToArray();
        }
    }

    public void SetToken(ReadOnlySpan<byte> value)
    {
        fixed (byte* token = Token) value.CopyTo(new Span<byte>(token, 32));
    }
}
