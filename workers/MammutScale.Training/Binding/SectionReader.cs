using System.Collections;
using System.Globalization;
using System.Reflection;
using YamlDotNet.RepresentationModel;

namespace MammutScale.Training.Binding;

/// <summary>
/// Fills records from a YAML tree: keys are the properties' names in snake_case, rules stand on the properties as attributes.
/// Every error is collected with its key, so that a run file is mended in one go.
/// </summary>
internal sealed class SectionReader
{
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    public T Read<T>(YamlNode node) where T : new() => (T)ReadSection(typeof(T), node, "");

    private object ReadSection(Type type, YamlNode node, string path)
    {
        var section = Activator.CreateInstance(type)!;
        var properties = type.GetProperties().Where(p => p.CanWrite).ToDictionary(KeyNames.Of);
        var entries = Entries(type, node, path);
        foreach (var (key, value) in entries)
        {
            var full = path.Length == 0 ? key : $"{path}.{key}";
            if (!properties.TryGetValue(key, out var property))
                Complain(full, value, $"is not a key of the run file; {KeyNames.Suggest(key, properties.Keys)}");
            else if (IsNull(value))
                property.SetValue(section, Nullable.GetUnderlyingType(property.PropertyType) is null ? property.GetValue(section) : null);
            else if (ReadValue(property, property.PropertyType, value, full) is { } read)
                property.SetValue(section, read);
        }

        foreach (var property in properties.Values)
        {
            if (property.GetCustomAttribute<MandatoryAttribute>() is { } mandatory && !entries.Any(e => e.Key == KeyNames.Of(property) && !IsNull(e.Value)))
                _errors.Add($"{(path.Length == 0 ? "" : path + ".")}{KeyNames.Of(property)} is missing; {mandatory.Remedy}");
        }

        return section;
    }

    private List<(string Key, YamlNode Value)> Entries(Type type, YamlNode node, string path)
    {
        if (node is YamlMappingNode map)
            return [.. map.Children.Select(c => (((YamlScalarNode)c.Key).Value ?? "", c.Value))];
        if (node is YamlScalarNode && type.GetCustomAttribute<ScalarFormAttribute>() is { } form)
            return [(form.Key, node)];
        if (!IsNull(node))
            Complain(path, node, "must be a section of keys");
        return [];
    }

    private object? ReadValue(PropertyInfo property, Type type, YamlNode node, string path)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(IReadOnlyDictionary<string, string>)) return ReadMap(property, node, path);
        if (ElementType(type) is { } element) return ReadList(property, element, node, path);
        if (type.IsClass && type != typeof(string)) return ReadSection(type, node, path);
        if (node is not YamlScalarNode { Value: { } text })
        {
            Complain(path, node, $"must be {ScalarReader.Describe(type)}");
            return null;
        }

        if (!ScalarReader.TryRead(type, text, out var value))
        {
            Complain(path, node, type.IsEnum ? $"is not known; {KeyNames.Suggest(text, [.. Enum.GetNames(type).Select(KeyNames.Snake)])}" : $"must be {ScalarReader.Describe(type)}");
            return null;
        }

        foreach (var rule in property.GetCustomAttributes<RuleAttribute>())
        {
            if (value is string || rule.Allows(Convert.ToDouble(value, CultureInfo.InvariantCulture))) continue;
            Complain(path, node, rule.Says);
            return null;
        }

        return value;
    }

    private object? ReadList(PropertyInfo property, Type element, YamlNode node, string path)
    {
        // one element may be written without brackets
        var items = node is YamlSequenceNode sequence ? sequence.Children : [node];
        if (property.GetCustomAttribute<ElementsAttribute>() is { } exact && items.Count != exact.Count)
        {
            Complain(path, node, $"must be a list of {exact.Count} values");
            return null;
        }

        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        for (var i = 0; i < items.Count; i++)
        {
            if (ReadValue(property, element, items[i], $"{path}.{i}") is { } value) list.Add(value);
        }

        return list;
    }

    private Dictionary<string, string>? ReadMap(PropertyInfo property, YamlNode node, string path)
    {
        if (node is not YamlMappingNode map)
        {
            Complain(path, node, "must be a section of keys");
            return null;
        }

        var known = property.GetCustomAttribute<KeysAttribute>()?.Keys;
        var read = new Dictionary<string, string>();
        foreach (var (key, value) in map.Children.Select(c => (((YamlScalarNode)c.Key).Value ?? "", c.Value)))
        {
            if (known is not null && !known.Contains(key))
                Complain($"{path}.{key}", value, $"is not known; {KeyNames.Suggest(key, known)}");
            else if (value is YamlScalarNode { Value: { } text })
                read[key] = text;
            else
                Complain($"{path}.{key}", value, "must be a text");
        }

        return read;
    }

    internal static Type? ElementType(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain or YamlDotNet.Core.ScalarStyle.Any, Value: null or "" or "~" or "null" };

    private void Complain(string path, YamlNode node, string rule)
    {
        var where = node.Start.Line > 0 ? $" (line {node.Start.Line})" : "";
        var shown = node is YamlScalarNode scalar ? $": {scalar.Value}" : "";
        _errors.Add($"{path}{shown}{where} {rule}");
    }
}
