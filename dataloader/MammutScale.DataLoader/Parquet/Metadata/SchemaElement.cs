using MammutScale.DataLoader.Parquet.Faults;
using MammutScale.DataLoader.Parquet.Thrift;

namespace MammutScale.DataLoader.Parquet.Metadata;

/// <summary>One entry of the footer's depth-first schema list, as written.</summary>
internal sealed record SchemaElement(
    string Name, PhysicalType? Type, int TypeLength, Repetition Repetition, int Children, int ConvertedType, int Scale, LogicalAnnotation Logical, bool Unsigned)
{
    private const int NoConvertedType = -1;
    private const int FirstUnsigned = 11; // UINT_8 … UINT_64 are 11 … 14
    private const int LastUnsigned = 14;

    public static SchemaElement Read(ref CompactReader reader)
    {
        var (name, type, length, repetition, children, converted, scale) = ("", (PhysicalType?)null, 0, Repetition.Required, 0, NoConvertedType, 0);
        var (logical, unsigned) = (LogicalAnnotation.None, false);
        short id = 0;
        while (reader.NextField(ref id, out var field))
        {
            switch (id)
            {
                case 1: type = Known<PhysicalType>(reader.ReadInt32(field), "physical type"); break;
                case 2: length = reader.ReadInt32(field); break;
                case 3: repetition = Known<Repetition>(reader.ReadInt32(field), "repetition"); break;
                case 4: name = reader.ReadString(field); break;
                case 5: children = reader.ReadInt32(field); break;
                case 6: converted = reader.ReadInt32(field); break;
                case 7: scale = reader.ReadInt32(field); break;
                case 10: logical = ReadLogical(ref reader, field, ref scale, ref unsigned); break;
                default: reader.Skip(field); break;
            }
        }

        if (logical == LogicalAnnotation.None) logical = FromConverted(converted);
        return new(name, type, length, repetition, children, converted, scale, logical, unsigned || converted is >= FirstUnsigned and <= LastUnsigned);
    }

    private static LogicalAnnotation ReadLogical(ref CompactReader reader, CompactType type, ref int scale, ref bool unsigned)
    {
        CompactReader.ExpectStruct(type);
        var found = LogicalAnnotation.None;
        short id = 0;
        while (reader.NextField(ref id, out var field))
        {
            found = Enum.IsDefined((LogicalAnnotation)id) ? (LogicalAnnotation)id : LogicalAnnotation.Other;
            CompactReader.ExpectStruct(field);
            short inner = 0;
            while (reader.NextField(ref inner, out var part))
            {
                if (found == LogicalAnnotation.Decimal && inner == 1) scale = reader.ReadInt32(part);
                else if (found == LogicalAnnotation.Integer && inner == 2) unsigned = !CompactReader.ReadBool(part);
                else reader.Skip(part);
            }
        }

        return found;
    }

    private static LogicalAnnotation FromConverted(int converted) => converted switch
    {
        0 => LogicalAnnotation.String,
        1 or 2 => LogicalAnnotation.Map,
        3 => LogicalAnnotation.List,
        4 => LogicalAnnotation.Enum,
        5 => LogicalAnnotation.Decimal,
        6 => LogicalAnnotation.Date,
        7 or 8 => LogicalAnnotation.Time,
        9 or 10 => LogicalAnnotation.Timestamp,
        >= 11 and <= 18 => LogicalAnnotation.Integer,
        19 => LogicalAnnotation.Json,
        20 => LogicalAnnotation.Bson,
        _ => LogicalAnnotation.None,
    };

    private static T Known<T>(int value, string what) where T : struct, Enum
        => Enum.IsDefined((T)(object)value) ? (T)(object)value : throw new CorruptDataException($"the schema names an unknown {what} {value}");
}

/// <summary>Members of the format's LogicalType union, by field number.</summary>
internal enum LogicalAnnotation
{
    None = 0,
    String = 1,
    Map = 2,
    List = 3,
    Enum = 4,
    Decimal = 5,
    Date = 6,
    Time = 7,
    Timestamp = 8,
    Integer = 10,
    Unknown = 11,
    Json = 12,
    Bson = 13,
    Uuid = 14,
    Float16 = 15,
    Other = 99,
}
