using System.Buffers.Binary;

namespace MammutScale.DataLoader.Decoding.Scans;

/// <summary>
/// Passes over the entropy-coded data of a JPEG without decoding pixels, and says whether every block is there: libjpeg paints
/// over damage and says so only to standard error. Sequential and progressive Huffman coding (ITU-T T.81, annexes F and G); what
/// cannot be checked is taken as good. Keeps its scratch: one for every decoding thread.
/// </summary>
internal sealed class JpegScanCheck
{
    private const byte Mark = 0xFF, EndOfImage = 0xD9, StartOfScan = 0xDA, Tables = 0xC4, RestartInterval = 0xDD, FirstRestart = 0xD0;

    /// <summary>So many bytes that mean something may follow the last block: some writers leave a few behind.</summary>
    private const int LeftBehind = 8;

    private readonly HuffmanTable[] _means = [new(true), new(true), new(true), new(true)], _details = [new(false), new(false), new(false), new(false)];
    private readonly EntropyBits _bits = new();
    private readonly JpegFrame _frame = new();
    private readonly BlockReader _block = new();
    private readonly ulong[][] _known = [[], [], [], []];
    private int _restartEvery;

    /// <param name="file">A JPEG whose end marker is there.</param>
    internal ScanState Check(ReadOnlySpan<byte> file)
    {
        _restartEvery = 0;
        foreach (var table in _means) table.Clear();
        foreach (var table in _details) table.Clear();
        bool framed = false, known = false, begun = false;
        for (int at = 2; at + 4 <= file.Length;)
        {
            if (file[at] != Mark || file[at + 1] is 0 or Mark)
            {
                // between segments readers look for the next marker
                int next = file[(at + 1)..].IndexOf(Mark);
                if (next < 0) break;
                at += 1 + next;
                continue;
            }
            byte marker = file[at + 1];
            if (marker == EndOfImage) break;
            if (marker is >= FirstRestart and < EndOfImage or 1) { at += 2; continue; }
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || at + 2 + length > file.Length) return ScanState.Damaged;
            var segment = file.Slice(at + 4, length - 2);
            at += 2 + length;
            if (marker is >= 0xC0 and <= 0xCF and not (Tables or 0xC8 or 0xCC))
            {
                if (framed) return ScanState.Damaged;
                (framed, known) = (true, _frame.Read(marker, segment));
            }
            else if (marker == Tables) ReadTables(segment);
            else if (marker == RestartInterval && segment.Length >= 2) _restartEvery = BinaryPrimitives.ReadUInt16BigEndian(segment);
            else if (marker == StartOfScan)
            {
                if (!known) return ScanState.Whole;
                if (!begun && _frame.Progressive) Forget();
                begun = true;
                var fault = Scan(segment, file[at..], out int taken);
                if (fault != ScanState.Whole) return fault;
                at += taken;
            }
        }
        return ScanState.Whole;
    }

    private void ReadTables(ReadOnlySpan<byte> segment)
    {
        while (segment.Length > 1)
        {
            var table = ((segment[0] & 0x10) == 0 ? _means : _details)[segment[0] & 3];
            int taken = table.Set(segment[1..]);
            if (taken == 0) return;
            segment = segment[(1 + taken)..];
        }
    }

    private ScanState Scan(ReadOnlySpan<byte> head, ReadOnlySpan<byte> data, out int taken)
    {
        taken = 0;
        if (!JpegScan.TryRead(head, out var scan)) return ScanState.Damaged;
        if (!Prepare(scan, out bool unknown)) return unknown ? ScanState.Whole : ScanState.Damaged;
        long left = _frame.Units(scan.Count == 1 ? _frame.Find(scan.Id(0)) : -1);
        for (int restart = 0; ; restart++)
        {
            taken += _bits.Fill(data[taken..]);
            long units = _restartEvery == 0 ? left : Math.Min(left, _restartEvery);
            left -= units;
            if (!_block.Pass(_bits, units)) return ScanState.Damaged;
            if (_bits.Overran) return ScanState.Cut;
            if (left == 0) return _bits.Left() > LeftBehind ? ScanState.Damaged : ScanState.Whole;
            while (taken + 1 < data.Length && data[taken + 1] == Mark) taken++;
            if (taken + 2 > data.Length) return ScanState.Cut;
            if (data[taken + 1] != FirstRestart + (restart & 7)) return data[taken + 1] == EndOfImage ? ScanState.Cut : ScanState.Damaged;
            taken += 2;
        }
    }

    private void Forget()
    {
        for (int component = 0; component < _frame.Components; component++)
        {
            long blocks = _frame.Units(component);
            if (_known[component].Length < blocks) _known[component] = new ulong[blocks];
            else Array.Clear(_known[component]);
        }
    }

    /// <param name="unknown">A table is missing, as in motion JPEG, whose standard tables lie in no file.</param>
    /// <returns>False when the scan cannot be passed.</returns>
    private bool Prepare(JpegScan scan, out bool unknown)
    {
        unknown = false;
        int only = _frame.Find(scan.Id(0));
        if (only < 0 || (_frame.Progressive && scan.First > 0 && scan.Count > 1)) return false;
        _block.Begin(_frame.Progressive, scan, _known[only]);
        for (int i = 0; i < scan.Count; i++)
        {
            int component = _frame.Find(scan.Id(i));
            if (component < 0) return false;
            HuffmanTable means = _means[scan.MeanTable(i)], details = _details[scan.DetailTable(i)];
            bool needsMeans = scan.First == 0 && scan.High == 0, needsDetails = !_frame.Progressive || scan.First > 0;
            unknown = (needsMeans && !means.IsSet) || (needsDetails && !details.IsSet);
            if (unknown) return false;
            int blocks = scan.Count == 1 ? 1 : _frame.BlocksInUnit(component);
            for (int block = 0; block < blocks; block++) _block.Add(means, details);
        }
        return true;
    }
}
