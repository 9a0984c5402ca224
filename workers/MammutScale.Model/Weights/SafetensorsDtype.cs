using static TorchSharp.torch;

namespace MammutScale.Model.Weights;

/// <summary>Element types of the safetensors format.</summary>
internal static class SafetensorsDtype
{
    private static readonly (string Name, ScalarType Type, int Size)[] Known =
    [
        ("F32", ScalarType.Float32, 4), ("BF16", ScalarType.BFloat16, 2), ("F16", ScalarType.Float16, 2), ("F64", ScalarType.Float64, 8),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    public static bool TryParse(string name, out ScalarType type, out int size)
    {
        foreach ((string known, ScalarType t, int bytes) in Known)
        {
            if (known != name)
                continue;
            (type, size) = (t, bytes);
            return true;
        }
        (type, size) = (default, 0);
        return false;
    }

    public static (string Name, int Size) Of(ScalarType type)
    {
        foreach ((string name, ScalarType known, int size) in Known)
            if (known == type)
                return (name, size);
        throw new WeightsException($"Tensors of dtype {type} cannot be written to safetensors.");
    }

    public static bool IsFloating(ScalarType type) => type is ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16 or ScalarType.Float64;

    public static string Names => string.Join(", ", Known.Select(k => k.Name));
}
