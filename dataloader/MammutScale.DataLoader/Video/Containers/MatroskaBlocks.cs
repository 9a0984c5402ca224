using System.Buffers.Binary;

namespace MammutScale.DataLoader.Video.Containers;

/// <summary>Counts the blocks of clusters (RFC 9559, sections 5.1.3 and 10) without looking into them.</summary>
internal sealed class MatroskaBlocks
{
    private const uint Timestamp = 0xE7, SimpleBlock = 0xA3, BlockGroup = 0xA0, Block = 0xA1, Reference = 0xFB;
    private const byte KeyFlag = 0x80;
    private const double Reached = 0.9;

    private long _cluster, _first = long.MaxValue, _last = long.MinValue, _end;

    /// <summary>The track of pictures.</summary>
    internal ulong Track { get; set; }

    internal long Pictures { get; private set; }

    internal long KeyPictures { get; private set; }

    /// <summary>How long the pictures are shown, the last as long as the others on average.</summary>
    internal double Shown => Pictures < 2 ? 0 : (double)(_last - _first) / (Pictures - 1) * Pictures;

    /// <summary>Some block comes near the end of a length; one picture alone says nothing.</summary>
    internal bool Reach(double length) => Pictures == 1 || _end + (2 * Shown / Math.Max(1, Pictures)) >= Reached * length;

    /// <summary>A block is longer than the bytes that are left.</summary>
    internal bool Cut { get; private set; }

    internal bool Damaged { get; private set; }

    internal void AddCluster(ReadOnlySpan<byte> cluster)
    {
        var parts = new EbmlElements(cluster);
        while (parts.Next()) Add(parts.Id, parts.Body);
        (Cut, Damaged) = (Cut || parts.Cut, Damaged || parts.Damaged);
    }

    /// <summary>A child of a cluster; other elements mean nothing here.</summary>
    internal void Add(uint id, ReadOnlySpan<byte> body)
    {
        if (id == Timestamp) _cluster = (long)EbmlElements.Unsigned(body);
        else if (id == SimpleBlock) Count(body, null);
        else if (id == BlockGroup)
        {
            bool key = true;
            ReadOnlySpan<byte> block = default;
            var parts = new EbmlElements(body);
            while (parts.Next())
            {
                if (parts.Id == Block) block = parts.Body;
                else if (parts.Id == Reference) key = false;
            }
            Count(block, key);
        }
    }

    private void Count(ReadOnlySpan<byte> block, bool? key)
    {
        if (!EbmlElements.TryNumber(block, out ulong track, out int bytes, out _) || block.Length < bytes + 3) return;
        long time = _cluster + BinaryPrimitives.ReadInt16BigEndian(block[bytes..]);
        _end = Math.Max(_end, time);
        if (track != Track) return;
        Pictures++;
        if (key ?? (block[bytes + 2] & KeyFlag) != 0) KeyPictures++;
        (_first, _last) = (Math.Min(_first, time), Math.Max(_last, time));
    }
}
