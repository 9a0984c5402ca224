using System.Collections;
using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace MammutScale.Training.Binding;

/// <summary>Writes records as the YAML tree that <see cref="SectionReader"/> reads: every key, defaults included.</summary>
internal static class SectionWriter
{
    public static YamlMappingNode Write(object section)
    {
        var map = new YamlMappingNode();
        foreach (var property in section.GetType().GetProperties().Where(p => p.CanWrite))
        {
            if (property.GetValue(section) is { } value) map.Add(KeyNames.Of(property), Node(value));
        }

        return map;
    }

    private static YamlNode Node(object value) => value switch
    {
        string text => new YamlScalarNode(text) { Style = NeedsQuotes(text) ? YamlDotNet.Core.ScalarStyle.DoubleQuoted : YamlDotNet.Core.ScalarStyle.Any },
        bool flag => new YamlScalarNode(flag ? "true" : "false"),
        Enum member => new YamlScalarNode(KeyNames.Snake(member.ToString())),
        IReadOnlyDictionary<string, string> map => Map(map),
        IEnumerable list => new YamlSequenceNode(list.Cast<object>().Select(Node)),
        IFormattable number => new YamlScalarNode(number.ToString(null, CultureInfo.InvariantCulture)),
        _ => Write(value),
    };

    private static YamlMappingNode Map(IReadOnlyDictionary<string, string> map)
    {
        var node = new YamlMappingNode();
        foreach (var (key, value) in map) node.Add(key, Node(value));
        return node;
    }

    private static bool NeedsQuotes(string text) =>
        text is "" or "~" or "null" or "true" or "false" || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
