using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MammutScale.Model.Initialization;

/// <summary>Draws the initial value of every parameter from its <see cref="InitialRule"/>.</summary>
internal static class InitialValues
{
    /// <summary>Each parameter has a generator of its own, seeded by seed and name: values do not depend on order, dtype or device.</summary>
    public static void Fill(IEnumerable<(string Name, Parameter Parameter)> parameters, MammutConfig config, long seed)
    {
        using var gradient = no_grad();
        foreach ((string name, Parameter parameter) in parameters)
        {
            using var scope = NewDisposeScope();
            InitialRule rule = InitialRules.For(name, parameter.shape, config);
            using Generator generator = new(SeedOf(seed, name));
            Tensor values = empty(parameter.shape);
            values = rule.Kind switch
            {
                InitialKind.Constant => values.fill_(rule.Scale),
                InitialKind.Normal => values.normal_(0, rule.Scale, generator),
                _ => values.uniform_(-rule.Scale, rule.Scale, generator),
            };
            parameter.copy_(values);
        }
    }

    private static ulong SeedOf(long seed, string name) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{name}"))) >> 1;
}
