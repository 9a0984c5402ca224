using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Parquet.Values;

namespace MammutScale.DataLoader.Parquet.Spilling;

/// <summary>Byte strings that lie on disk: each access reads one. Besides that it answers as <see cref="BytesColumn"/> does.</summary>
internal sealed class SpilledColumn(SchemaLeaf leaf, ColumnLayout layout, SpillFile file, IReadOnlyList<long> ends) : LeafColumn(leaf, layout)
{
    private protected override bool TryBytes(int place, out ReadOnlyMemory<byte> bytes)
    {
        bytes = Read(place);
        return true;
    }

    private protected override bool TryText(int place, out string? text) => BytesColumn.TrySpell(Leaf, Read(place), out text);

    private protected override double AsNumber(int place) => BytesColumn.NumberOf(Leaf, Read(place));

    private protected override long? AsInteger(int place) => BytesColumn.IntegerOf(Leaf, Read(place));

    private byte[] Read(int place)
    {
        long start = place == 0 ? 0 : ends[place - 1];
        return file.Read(start, checked((int)(ends[place] - start)));
    }
}
