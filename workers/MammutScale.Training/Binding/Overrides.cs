using System.Reflection;
using YamlDotNet.RepresentationModel;

namespace MammutScale.Training.Binding;

/// <summary>Lays "a.b=value" over a YAML tree before it is read; numbers in a path pick an element of a list.</summary>
internal static class Overrides
{
    /// <returns>What is wrong with the override, or null.</returns>
    public static string? Apply(YamlMappingNode root, Type rootType, string text)
    {
        var cut = text.IndexOf('=', StringComparison.Ordinal);
        if (cut <= 0) return $"--set {text}: must be key=value, for example --set optim.lr=0.001";
        var path = text[..cut].Trim().Split('.');
        YamlNode value;
        try
        {
            value = YamlText.Parse(text[(cut + 1)..]);
        }
        catch (YamlDotNet.Core.YamlException)
        {
            return $"--set {text}: the value is not YAML";
        }

        YamlNode node = root;
        Type? type = rootType;
        for (var i = 0; i < path.Length; i++)
        {
            var last = i == path.Length - 1;
            if (node is YamlSequenceNode list)
            {
                if (!int.TryParse(path[i], out var index) || index < 0 || index >= list.Children.Count)
                    return $"--set {text}: {string.Join('.', path[..i])} is a list of {list.Children.Count}; give the position of an element, from 0";
                if (last) list.Children[index] = value;
                type = type is null ? null : SectionReader.ElementType(type);
                list.Children[index] = node = AsSection(list.Children[index], type, last);
                continue;
            }

            if (node is not YamlMappingNode map) return $"--set {text}: {string.Join('.', path[..i])} is a single value, not a section";
            var key = new YamlScalarNode(path[i]);
            if (last) map.Children[key] = value;
            if (!map.Children.TryGetValue(key, out var child)) child = new YamlMappingNode();
            type = type?.GetProperties().FirstOrDefault(p => KeyNames.Of(p) == path[i])?.PropertyType;
            map.Children[key] = node = AsSection(child, type, last);
        }

        return null;
    }

    /// <summary>A section written as a single value is spelt out, so that keys can be set in it.</summary>
    private static YamlNode AsSection(YamlNode node, Type? type, bool last)
    {
        if (last || node is not YamlScalarNode scalar) return node;
        if (string.IsNullOrEmpty(scalar.Value)) return new YamlMappingNode();
        return type?.GetCustomAttribute<ScalarFormAttribute>() is { } form ? new YamlMappingNode { { form.Key, scalar } } : node;
    }
}
