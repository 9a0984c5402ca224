using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MammutScale.DataLoader.Decoding.Scans;

/// <summary>
/// The bits of one restart interval, without the zero bytes that follow a 0xFF in the file (ITU-T T.81, F.1.2.3). Reading beyond
/// the end gives ones, as the padding of the last byte does.
/// </summary>
internal sealed class EntropyBits
{
    /// <summary>A block reads at most 64 codes of at most 32 bits before anybody looks whether it may.</summary>
    private const int Margin = (64 * 4) + 16;

    private byte[] _bytes = new byte[1 << 16];
    private int _length;

    /// <summary>The next bit to read.</summary>
    internal long Position { get; set; }

    /// <summary>The bytes, and some ones behind them.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>More was read than there is.</summary>
    internal bool Overran => Position > 8L * _length;

    /// <summary>Takes the bits up to the next marker.</summary>
    /// <param name="data">Begins with entropy-coded bytes.</param>
    /// <returns>Bytes taken: the marker's 0xFF comes next, or the end of the data.</returns>
    internal int Fill(ReadOnlySpan<byte> data)
    {
        (_length, Position) = (0, 0);
        int at = 0;
        while (at < data.Length)
        {
            int run = data[at..].IndexOf((byte)0xFF);
            bool stuffed = run >= 0 && at + run + 1 < data.Length && data[at + run + 1] == 0;
            int take = run < 0 ? data.Length - at : stuffed ? run + 1 : run;
            if (_bytes.Length < _length + take + Margin) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + take + Margin));
            data.Slice(at, take).CopyTo(_bytes.AsSpan(_length));
            _length += take;
            at += stuffed ? take + 1 : take;
            if (!stuffed) break;
        }
        _bytes.AsSpan(_length, Margin).Fill(0xFF);
        return at;
    }

    /// <summary>The next sixteen bits, which stay. Not more than a block after the end was passed.</summary>
    internal uint Peek()
    {
        uint word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), (nint)(Position >> 3)));
        return ((BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word) << (int)(Position & 7)) >> 16;
    }

    internal void Skip(int bits) => Position += bits;

    internal int Take(int bits)
    {
        uint value = bits == 0 ? 0 : Peek() >> (16 - bits);
        Position += bits;
        return (int)value;
    }

    /// <summary>Whole bytes left that are not padding, which some writers add.</summary>
    internal int Left()
    {
        int from = (int)Math.Min((Position + 7) >> 3, _length), left = 0;
        foreach (byte b in _bytes.AsSpan(from, _length - from))
            if (b is not (0 or 0xFF)) left++;
        return left;
    }
}
