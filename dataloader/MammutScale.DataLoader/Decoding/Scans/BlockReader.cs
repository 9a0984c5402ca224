using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MammutScale.DataLoader.Decoding.Scans;

/// <summary>Passes over the blocks of a scan's units.</summary>
internal sealed class BlockReader
{
    private const int Coefficients = 64, ZeroRun = 15;

    private readonly List<(HuffmanTable Means, HuffmanTable Details)> _unit = [];
    private ulong[] _known = [];
    private bool _progressive, _refines;
    private int _first, _last, _ended, _block;

    /// <param name="known">For each block of a progressive component a bit for each coefficient that is not zero so far.</param>
    internal void Begin(bool progressive, JpegScan scan, ulong[] known)
    {
        _unit.Clear();
        (_progressive, _refines, _known, _block) = (progressive, scan.High > 0, known, 0);
        (_first, _last) = progressive ? (scan.First, scan.Last) : (0, Coefficients - 1);
    }

    /// <summary>One more block in each unit.</summary>
    internal void Add(HuffmanTable means, HuffmanTable details) => _unit.Add((means, details));

    /// <returns>False where the bits mean nothing.</returns>
    internal bool Pass(EntropyBits bits, long units)
    {
        _ended = 0;
        if (!_progressive) return PassWhole(bits, units);
        for (long unit = 0; unit < units; unit++)
        {
            // what is missing at the end is told by the caller
            if (bits.Overran) return true;
            foreach (var (means, details) in _unit)
                if (!Block(bits, means, details)) return bits.Overran;
        }
        return true;
    }

    private bool Block(EntropyBits bits, HuffmanTable means, HuffmanTable details)
    {
        if (_first == 0) return Mean(bits, means);
        ref ulong known = ref _known[_block++];
        return _refines ? Refine(bits, details, ref known) : Band(bits, details, ref known);
    }

    private bool Mean(EntropyBits bits, HuffmanTable table)
    {
        if (_refines)
        {
            bits.Skip(1);
            return true;
        }
        int size = table.Read(bits.Peek(), out int length);
        if (size is < 0 or > 16) return false;
        bits.Skip(length + size);
        return true;
    }

    /// <summary>Blocks of a sequential scan, one after the other: nearly all pictures, so nearly all of the time.</summary>
    private bool PassWhole(EntropyBits bits, long units)
    {
        for (long unit = 0; unit < units; unit++)
        {
            foreach (var (means, details) in _unit)
            {
                if (bits.Overran) return true;
                if (!Whole(bits, means, details)) return bits.Overran;
            }
        }
        return true;
    }

    private static bool Whole(EntropyBits bits, HuffmanTable means, HuffmanTable details)
    {
        const int Loaded = 57, Longest = 32, ChainIndex = 52, Index = 54, LongIndex = 48;
        ref byte start = ref MemoryMarshal.GetReference(bits.Bytes);
        long at = bits.Position;
        ulong window = Load(ref start, at);
        int step = means.Steps[(int)(window >> Index)];
        if (step <= 0 && (step = step == 0 ? means.LongStep((uint)(window >> LongIndex)) : -1) < 0) return false;
        at += step & 0xFF;
        window = Load(ref start, at);
        int have = Loaded, k = 1;
        ref int chains = ref MemoryMarshal.GetReference(details.Chains), steps = ref MemoryMarshal.GetReference(details.Steps);
        while (k < Coefficients)
        {
            if (have < Longest) (window, have) = (Load(ref start, at), Loaded);
            int chain = Unsafe.Add(ref chains, (nint)(window >> ChainIndex)), after = k + ((chain >> 8) & 0xFF);
            if (chain != 0 && after <= Coefficients)
            {
                int bitsUsed = chain & 0xFF;
                (window, at, have) = (window << bitsUsed, at + bitsUsed, have - bitsUsed);
                k = after;
                if (chain < HuffmanTable.EndsBlock) continue;
                bits.Position = at;
                return true;
            }
            step = Unsafe.Add(ref steps, (nint)(window >> Index));
            if (step <= 0 && (step = step == 0 ? details.LongStep((uint)(window >> LongIndex)) : -1) < 0) return false;
            int used = step & 0xFF;
            (window, at, have) = (window << used, at + used, have - used);
            k += step >> 8;
        }
        bits.Position = at;
        return k is Coefficients or > HuffmanTable.End;
    }

    /// <summary>At least 57 bits, the first one highest.</summary>
    private static ulong Load(ref byte start, long at)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, (nint)(at >> 3)));
        return (BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word) << (int)(at & 7);
    }

    /// <summary>A band of a progressive scan, where one symbol can end many blocks (G.1.2.2).</summary>
    private bool Band(EntropyBits bits, HuffmanTable table, ref ulong known)
    {
        if (_ended > 0)
        {
            _ended--;
            return true;
        }
        for (int k = _first; k <= _last; k++)
        {
            int symbol = table.Read(bits.Peek(), out int length);
            if (symbol < 0) return false;
            bits.Skip(length);
            int run = symbol >> 4, size = symbol & 15;
            if (size == 0 && run < ZeroRun)
            {
                _ended = (1 << run) - 1 + bits.Take(run);
                return true;
            }
            bits.Skip(size);
            k += run;
            if (k > _last) return false;
            if (size > 0) known |= 1UL << k;
        }
        return true;
    }

    /// <summary>One more bit for a band: of the coefficients that are known, and those that appear with it (G.1.2.3).</summary>
    private bool Refine(EntropyBits bits, HuffmanTable table, ref ulong known)
    {
        int k = _first;
        for (; _ended == 0 && k <= _last; k++)
        {
            int symbol = table.Read(bits.Peek(), out int length);
            if (symbol < 0) return false;
            bits.Skip(length);
            int run = symbol >> 4, size = symbol & 15;
            if (size > 1) return false;
            if (size == 0 && run < ZeroRun)
            {
                _ended = (1 << run) + bits.Take(run);
                break;
            }
            bits.Skip(size);
            for (; k <= _last; k++)
            {
                if ((known >> k & 1) != 0) bits.Skip(1);
                else if (run-- == 0) break;
            }
            if (size == 0) continue;
            if (k > _last) return false;
            known |= 1UL << k;
        }
        if (_ended == 0) return true;
        _ended--;
        ulong rest = k > _last ? 0 : known & (ulong.MaxValue << k) & (ulong.MaxValue >> (Coefficients - 1 - _last));
        bits.Skip(BitOperations.PopCount(rest));
        return true;
    }
}
