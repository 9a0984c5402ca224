namespace MammutScale.Training.Planning;

/// <summary>What the maker says of a GPU; dense, without sparsity.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Bf16">FLOP/s of bf16 products summed in float32.</param>
/// <param name="Fp32">FLOP/s in float32 without TF32.</param>
/// <param name="Bandwidth">Bytes/s of its memory.</param>
/// <param name="Link">Bytes/s in one direction to the GPUs of the same machine.</param>
public sealed record Gpu(string Name, double Memory, double Bf16, double Fp32, double Bandwidth, double Link)
{
    private const double Giga = 1e9;
    private const double Tera = 1e12;

    /// <summary>Sources: NVIDIA's data sheets of the products.</summary>
    public static IReadOnlyList<Gpu> All { get; } =
    [
        new("b200", 180 * Giga, 2250 * Tera, 75 * Tera, 8.0 * Tera, 900 * Giga),
        new("h200", 141 * Giga, 989 * Tera, 67 * Tera, 4.8 * Tera, 450 * Giga),
        new("h100", 80 * Giga, 989 * Tera, 67 * Tera, 3.35 * Tera, 450 * Giga),
        new("h100-pcie", 80 * Giga, 756 * Tera, 51 * Tera, 2.0 * Tera, 64 * Giga),
        new("a100", 80 * Giga, 312 * Tera, 19.5 * Tera, 2.04 * Tera, 300 * Giga),
        new("a100-40gb", 40 * Giga, 312 * Tera, 19.5 * Tera, 1.56 * Tera, 300 * Giga),
        new("l40s", 48 * Giga, 362 * Tera, 91.6 * Tera, 0.864 * Tera, 32 * Giga),
        new("a10g", 24 * Giga, 70 * Tera, 31.5 * Tera, 0.6 * Tera, 32 * Giga),
    ];

    /// <summary>Null when there is none of that name.</summary>
    public static Gpu? Find(string name) => All.FirstOrDefault(g => string.Equals(g.Name, name, StringComparison.OrdinalIgnoreCase));
}
