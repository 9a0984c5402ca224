namespace MammutScale.DataLoader.Decoding.Scans;

/// <summary>
/// A Huffman table of a JPEG (ITU-T T.81, annex C) for passing over symbols: short codes by one look-up, long ones by the largest
/// code of each length.
/// </summary>
/// <param name="ofMeans">Its symbols are sizes of block means; else runs of zeros and sizes.</param>
internal sealed class HuffmanTable(bool ofMeans)
{
    private const int LookUpBits = 10, ChainBits = 12, LongestCode = 16;

    /// <summary>Ends a block: more than any run.</summary>
    internal const int End = 128;

    /// <summary>Set in a chain that ends its block.</summary>
    internal const int EndsBlock = 1 << 24;

    private const int LargestSize = 16, Coefficients = 64;

    private readonly ushort[] _fast = new ushort[1 << LookUpBits];
    private readonly int[] _steps = new int[1 << LookUpBits], _chains = ofMeans ? [] : new int[1 << ChainBits];
    private readonly byte[] _definition = new byte[LongestCode + 256];
    private int _taken;
    private readonly int[] _largest = new int[LongestCode + 1], _offset = new int[LongestCode + 1];
    private readonly byte[] _symbols = new byte[256];

    /// <summary>The table can be used.</summary>
    internal bool IsSet { get; private set; }

    internal void Clear() => IsSet = false;

    /// <summary>Reads a table: how many codes of each length from 1 to 16, then the symbols.</summary>
    /// <returns>Bytes taken; 0 when they are no table.</returns>
    internal int Set(ReadOnlySpan<byte> definition)
    {
        // most pictures of a data set have the same tables
        IsSet = _taken > 0 && definition.StartsWith(_definition.AsSpan(0, _taken));
        if (IsSet) return _taken;
        _taken = 0;
        if (definition.Length < LongestCode) return 0;
        int count = 0;
        foreach (byte n in definition[..LongestCode]) count += n;
        if (count > 256 || definition.Length < LongestCode + count) return 0;
        definition.Slice(LongestCode, count).CopyTo(_symbols);
        Array.Clear(_fast);
        Array.Clear(_steps);
        int code = 0, at = 0;
        for (int length = 1; length <= LongestCode; length++)
        {
            int codes = definition[length - 1];
            if (code + codes > 1 << length) return 0;
            _offset[length] = at - code;
            for (int i = 0; i < codes && length <= LookUpBits; i++)
            {
                var (first, fill) = ((code + i) << (LookUpBits - length), 1 << (LookUpBits - length));
                _fast.AsSpan(first, fill).Fill((ushort)((length << 8) | _symbols[at + i]));
                _steps.AsSpan(first, fill).Fill(StepOf(_symbols[at + i], length));
            }
            at += codes;
            code += codes;
            _largest[length] = codes == 0 ? -1 : code - 1;
            code <<= 1;
        }
        for (int bits = 0; bits < _chains.Length; bits++) _chains[bits] = Chain((uint)bits);
        definition[..(LongestCode + count)].CopyTo(_definition);
        (IsSet, _taken) = (true, LongestCode + count);
        return _taken;
    }

    /// <summary>
    /// By the first ten bits: the bits of code and value in the lowest byte, above them how many coefficients they pass over. 0 for a
    /// longer code (<see cref="LongStep"/>), negative where there is none.
    /// </summary>
    internal ReadOnlySpan<int> Steps => _steps;

    /// <summary>
    /// By the first twelve bits: as many steps as lie whole in them, their bits in the lowest byte, above them how many coefficients
    /// they pass over, one more when the last ends the block (<see cref="EndsBlock"/>). 0 where not one does.
    /// </summary>
    internal ReadOnlySpan<int> Chains => _chains;

    /// <summary>The same for a code of more than ten bits.</summary>
    internal int LongStep(uint bits) => Read(bits, out int length) is var symbol and >= 0 ? StepOf(symbol, length) : -1;

    /// <summary>The symbol whose code begins these bits.</summary>
    /// <param name="bits">Sixteen bits.</param>
    /// <param name="length">Bits of the code.</param>
    /// <returns>-1 when there is none.</returns>
    internal int Read(uint bits, out int length)
    {
        int entry = _fast[bits >> (LongestCode - LookUpBits)];
        length = entry >> 8;
        if (length > 0) return entry & 0xFF;
        for (length = LookUpBits + 1; length <= LongestCode; length++)
        {
            int code = (int)(bits >> (LongestCode - length));
            if (_largest[length] >= 0 && code <= _largest[length]) return _symbols[(_offset[length] + code) & 0xFF];
        }
        return -1;
    }

    private int Chain(uint bits)
    {
        int used = 0, passed = 0;
        while (used < ChainBits)
        {
            int step = _steps[(int)(((bits << used) >> (ChainBits - LookUpBits)) & ((1 << LookUpBits) - 1))];
            int length = step & 0xFF, over = step >> 8;
            if (step <= 0 || used + length > ChainBits) break;
            used += length;
            if (over == End) return passed + 1 > Coefficients ? 0 : EndsBlock | ((passed + 1) << 8) | used;
            passed += over;
            if (passed > Coefficients) return 0;
        }
        return (passed << 8) | used;
    }

    private int StepOf(int symbol, int length)
    {
        if (ofMeans) return symbol > LargestSize ? -1 : (1 << 8) | (length + symbol);
        int run = symbol >> 4, size = symbol & 15;
        return ((size == 0 && run != 15 ? End : run + 1) << 8) | (length + size);
    }
}
