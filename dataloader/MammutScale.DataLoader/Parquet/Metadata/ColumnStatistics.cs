using System.Buffers.Binary;
using MammutScale.DataLoader.Parquet.Thrift;

namespace MammutScale.DataLoader.Parquet.Metadata;

/// <summary>What a writer noted about the values of a column chunk; anything may be absent.</summary>
/// <param name="Min">A lower bound in the format's PLAIN encoding (possibly shortened, still a bound).</param>
/// <param name="Max">An upper bound.</param>
/// <param name="NullCount">Missing values.</param>
public sealed record ColumnStatistics(byte[]? Min, byte[]? Max, long? NullCount)
{
    internal static ColumnStatistics Read(ref CompactReader reader, PhysicalType? type)
    {
        byte[]? oldMin = null, oldMax = null, min = null, max = null;
        long? nulls = null;
        short id = 0;
        while (reader.NextField(ref id, out var field))
        {
            switch (id)
            {
                case 1: oldMax = reader.ReadBinary(field).ToArray(); break;
                case 2: oldMin = reader.ReadBinary(field).ToArray(); break;
                case 3: nulls = reader.ReadInt64(field); break;
                case 5: max = reader.ReadBinary(field).ToArray(); break;
                case 6: min = reader.ReadBinary(field).ToArray(); break;
                default: reader.Skip(field); break;
            }
        }

        // the deprecated pair was compared as signed bytes by some writers: of use for numbers only
        var trusted = type is PhysicalType.Int32 or PhysicalType.Int64 or PhysicalType.Float or PhysicalType.Double;
        return new ColumnStatistics(min ?? (trusted ? oldMin : null), max ?? (trusted ? oldMax : null), nulls);
    }

    /// <summary>
    /// Bounds of a numeric leaf as the doubles that <c>LeafColumn.Number</c> gives; false when they are not known or not usable.
    /// Rounded outwards, so a value of the chunk is never outside.
    /// </summary>
    public bool TryGetRange(SchemaLeaf leaf, out double min, out double max)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        (min, max) = (double.NaN, double.NaN);
        if (Min is null || Max is null || leaf.Kind is not (LeafKind.Integer or LeafKind.Floating or LeafKind.Temporal or LeafKind.Boolean)) return false;
        if (!TryValue(leaf, Min, out min) || !TryValue(leaf, Max, out max) || double.IsNaN(min) || double.IsNaN(max) || min > max) return false;
        if (leaf.Type == PhysicalType.Int64) (min, max) = (Math.BitDecrement(min), Math.BitIncrement(max));
        return true;
    }

    private static bool TryValue(SchemaLeaf leaf, byte[] bytes, out double value)
    {
        value = double.NaN;
        switch (leaf.Type)
        {
            case PhysicalType.Boolean when bytes.Length == 1:
                value = bytes[0] != 0 ? 1 : 0;
                return true;
            case PhysicalType.Int32 when bytes.Length == sizeof(int):
                value = leaf.Unsigned ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadInt32LittleEndian(bytes);
                return true;
            case PhysicalType.Int64 when bytes.Length == sizeof(long):
                value = leaf.Unsigned ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : BinaryPrimitives.ReadInt64LittleEndian(bytes);
                return true;
            case PhysicalType.Float when bytes.Length == sizeof(float):
                value = BinaryPrimitives.ReadSingleLittleEndian(bytes);
                return true;
            case PhysicalType.Double when bytes.Length == sizeof(double):
                value = BinaryPrimitives.ReadDoubleLittleEndian(bytes);
                return true;
            default:
                return false;
        }
    }
}
