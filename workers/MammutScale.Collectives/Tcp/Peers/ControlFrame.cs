using System.Buffers.Binary;
using System.Text;

namespace MammutScale.Collectives.Tcp.Peers;

internal enum ControlKind : byte
{
    /// <summary>The sender lives and has come to this operation.</summary>
    Heartbeat = 1,

    /// <summary>The sender leaves in peace after this operation.</summary>
    Leaving,

    /// <summary>The group has failed; rank and text say why.</summary>
    Failed,

    /// <summary>Shared memory has something new.</summary>
    Doorbell,
}

/// <summary>
/// A message on the control connection: kind (1 byte), 0xA5, length of the text (2), rank (4), sequence (8), text in UTF-8.
/// All numbers are little-endian.
/// </summary>
internal static class ControlFrame
{
    public const int HeadBytes = 16;
    public const int LargestText = 480;
    public const int LargestBytes = HeadBytes + LargestText;
    private const byte Mark = 0xA5;

    public static int Write(Span<byte> frame, ControlKind kind, int rank, long sequence, string text = "")
    {
        if (text.Length > LargestText / 3) text = text[..(LargestText / 3)];
        int length = Encoding.UTF8.GetBytes(text, frame[HeadBytes..]);
        frame[0] = (byte)kind;
        frame[1] = Mark;
        BinaryPrimitives.WriteUInt16LittleEndian(frame[2..], (ushort)length);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], rank);
        BinaryPrimitives.WriteInt64LittleEndian(frame[8..], sequence);
        return HeadBytes + length;
    }

    /// <summary>Bytes of the frame that begins here: 0 when it is not whole yet, negative when this is no frame.</summary>
    public static int Measure(ReadOnlySpan<byte> data)
    {
        if (data.Length < HeadBytes) return 0;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(data[2..]);
        if (data[1] != Mark || data[0] is < (byte)ControlKind.Heartbeat or > (byte)ControlKind.Doorbell || length > LargestText) return -1;
        return data.Length < HeadBytes + length ? 0 : HeadBytes + length;
    }

    public static (ControlKind Kind, int Rank, long Sequence) Read(ReadOnlySpan<byte> frame) =>
        ((ControlKind)frame[0], BinaryPrimitives.ReadInt32LittleEndian(frame[4..]), BinaryPrimitives.ReadInt64LittleEndian(frame[8..]));

    public static string Text(ReadOnlySpan<byte> frame) => Encoding.UTF8.GetString(frame[HeadBytes..]);
}
