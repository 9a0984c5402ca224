using System.Reflection;
using System.Text;
using MammutScale.Contracts;
using MammutScale.TestKit;

namespace MammutScale.Coordinator.Tests.Contracts;

/// <summary>
/// The wire format as text: aliases, ids, types, enum values. A change shows in the diff of wire.txt; ids and enum values are
/// only ever added. Set MAMMUT_ACCEPT=1 to write the file anew.
/// </summary>
public sealed class WireTests
{
    [Fact]
    public void WireFormatIsTheRecordedOne()
    {
        var file = Path.Combine(Repository.Root, "tests/MammutScale.Coordinator.Tests/Contracts/wire.txt");
        var now = Describe();
        if (Environment.GetEnvironmentVariable("MAMMUT_ACCEPT") == "1") File.WriteAllText(file, now);
        now.ShouldBe(File.ReadAllText(file), "the wire format has changed: if that is meant, run once with MAMMUT_ACCEPT=1");
    }

    private static string Describe()
    {
        var text = new StringBuilder();
        foreach (var type in typeof(IRunGrain).Assembly.GetExportedTypes().Where(t => t.Namespace == typeof(IRunGrain).Namespace).OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            var alias = type.GetCustomAttribute<AliasAttribute>()?.Alias;
            if (type.IsEnum)
            {
                text.Append("enum ").Append(type.Name).Append('\n');
                foreach (var name in Enum.GetNames(type)) text.Append("  ").Append(Convert.ToInt32(Enum.Parse(type, name))).Append(' ').Append(name).Append('\n');
            }
            else if (type.IsInterface)
            {
                text.Append("grain ").Append(alias).Append('\n');
                foreach (var method in type.GetMethods().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    var parameters = string.Join(", ", method.GetParameters().Select(p => Name(p.ParameterType)));
                    text.Append("  ").Append(method.GetCustomAttribute<AliasAttribute>()?.Alias ?? "NO ALIAS").Append('(').Append(parameters).Append(") : ").Append(Name(method.ReturnType)).Append('\n');
                }
            }
            else if (alias is not null)
            {
                text.Append("record ").Append(alias).Append('\n');
                foreach (var (id, property) in type.GetProperties().Select(p => (p.GetCustomAttribute<IdAttribute>()?.Id, p)).Where(p => p.Id is not null).OrderBy(p => p.Id))
                    text.Append("  ").Append(id).Append(' ').Append(property.Name).Append(" : ").Append(Name(property.PropertyType)).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Name(Type type)
    {
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[]";
        if (!type.IsGenericType) return type.Name;
        var name = type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];
        return $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
