using System.Text.Json;

namespace MammutScale.Model.Configuration;

/// <summary>An object of a configuration file: values by key, and a complaint about every key that nobody asked for.</summary>
internal sealed class ConfigSection
{
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly string _name;

    public ConfigSection(JsonElement element, string name)
    {
        _name = name;
        if (element.ValueKind != JsonValueKind.Object)
            throw new ModelConfigException($"{name} is {element.ValueKind}, expected an object.");
        foreach (JsonProperty property in element.EnumerateObject())
            _values[property.Name] = property.Value;
    }

    public bool Has(string key) => _values.TryGetValue(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    public ConfigSection? Section(string key) => Take(key) is { } value ? new(value, key) : null;

    public int Int(string key, int otherwise) => Take(key) is { } value ? Int(key, value) : otherwise;

    public int RequiredInt(string key) => Take(key) is { } value ? Int(key, value) : throw new ModelConfigException($"{_name} has no '{key}'.");

    public int? OptionalInt(string key) => Take(key) is { } value ? Int(key, value) : null;

    public double Double(string key, double otherwise) => OptionalDouble(key) ?? otherwise;

    public double? OptionalDouble(string key) => Take(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Wrong(key, value, "a number");

    public bool Bool(string key, bool otherwise) => Take(key) is not { } value ? otherwise
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(key, value, "true or false");

    public T Choice<T>(string key, T otherwise, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        if (Take(key) is not { } value)
            return otherwise;
        foreach ((string name, T choice) in choices)
            if (value.ValueKind == JsonValueKind.String && value.GetString() == name)
                return choice;
        throw Wrong(key, value, string.Join(" or ", choices.ToArray().Select(c => $"'{c.Name}'")));
    }

    public IReadOnlyList<int>? Ints(string key) => Take(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => Int(key, v))] : throw Wrong(key, value, "a list of whole numbers");

    /// <summary>A key of open_clip whose other values make a different model than this one.</summary>
    public void Only(string key, params ReadOnlySpan<string> accepted)
    {
        if (Take(key) is not { } value)
            return;
        foreach (string text in accepted)
            if (value.GetRawText().Trim('"') == text || (double.TryParse(value.GetRawText(), out double number) && double.TryParse(text, out double same) && number == same))
                return;
        throw Wrong(key, value, accepted.Length == 0 ? "nothing: it is not supported" : string.Join(" or ", accepted.ToArray()));
    }

    /// <summary>Switches of open_clip that make another model when they are on.</summary>
    public void Off(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
            Only(key, "false");
    }

    /// <summary>Keys that change nothing here.</summary>
    public void Ignore(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
            _used.Add(key);
    }

    public void Done()
    {
        string[] left = [.. _values.Keys.Where(k => !_used.Contains(k) && Has(k))];
        if (left.Length > 0)
            throw new ModelConfigException($"{_name} has keys that are not supported: {string.Join(", ", left)}.");
    }

    private JsonElement? Take(string key)
    {
        _used.Add(key);
        return Has(key) ? _values[key] : null;
    }

    private int Int(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue
            ? (int)number
            : throw Wrong(key, value, "a whole number");

    private ModelConfigException Wrong(string key, JsonElement value, string expected) =>
        new($"{_name}.{key} is {value.GetRawText()}, expected {expected}.");
}
