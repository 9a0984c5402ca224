using System.Buffers.Binary;

namespace MammutScale.DataLoader.Decoding.Scans;

/// <summary>The frame of a JPEG: its size, and how its components are sampled (ITU-T T.81, B.2.2 and A.2).</summary>
internal sealed class JpegFrame
{
    private const int MostComponents = 4;

    private readonly byte[] _ids = new byte[MostComponents], _across = new byte[MostComponents], _down = new byte[MostComponents];
    private int _width, _height, _mostAcross, _mostDown;

    internal bool Progressive { get; private set; }

    internal int Components { get; private set; }

    /// <summary>Blocks of a component in one unit of a scan of several components.</summary>
    internal int BlocksInUnit(int component) => _across[component] * _down[component];

    /// <summary>Units of a scan.</summary>
    /// <param name="only">The component of a scan of one; -1 for a scan of several.</param>
    internal long Units(int only)
    {
        if (only < 0) return (long)Parts(_width, 8 * _mostAcross) * Parts(_height, 8 * _mostDown);
        int width = Parts(_width * _across[only], _mostAcross), height = Parts(_height * _down[only], _mostDown);
        return (long)Parts(width, 8) * Parts(height, 8);
    }

    internal int Find(byte id) => Array.IndexOf(_ids, id, 0, Components);

    /// <returns>False for a frame that cannot be checked: not Huffman-coded, or of unknown height.</returns>
    internal bool Read(byte marker, ReadOnlySpan<byte> segment)
    {
        Components = 0;
        if (marker is not (0xC0 or 0xC1 or 0xC2) || segment.Length < 6) return false;
        int count = segment[5];
        if (count is 0 or > MostComponents || segment.Length < 6 + (3 * count)) return false;
        Progressive = marker == 0xC2;
        (_height, _width) = (BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), BinaryPrimitives.ReadUInt16BigEndian(segment[3..]));
        (_mostAcross, _mostDown) = (1, 1);
        for (int i = 0; i < count; i++)
        {
            _ids[i] = segment[6 + (3 * i)];
            byte sampling = segment[7 + (3 * i)];
            (_across[i], _down[i]) = ((byte)(sampling >> 4), (byte)(sampling & 15));
            if (_across[i] is 0 or > 4 || _down[i] is 0 or > 4) return false;
            (_mostAcross, _mostDown) = (Math.Max(_mostAcross, _across[i]), Math.Max(_mostDown, _down[i]));
        }
        Components = count;
        return _width > 0 && _height > 0;
    }

    private static int Parts(int length, int part) => (length + part - 1) / part;
}
