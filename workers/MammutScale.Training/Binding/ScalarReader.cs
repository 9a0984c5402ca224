using System.Globalization;

namespace MammutScale.Training.Binding;

/// <summary>Reads one YAML scalar as a value of a given type.</summary>
internal static class ScalarReader
{
    /// <summary>What a value of this type is called in a message.</summary>
    public static string Describe(Type type) => type switch
    {
        _ when type == typeof(string) => "a text",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ when type.IsEnum => "one of " + string.Join(", ", Enum.GetNames(type).Select(KeyNames.Snake)),
        _ => "a section of keys",
    };

    public static bool TryRead(Type type, string text, out object? value)
    {
        value = null;
        var culture = CultureInfo.InvariantCulture;
        var plain = text.Replace("_", "", StringComparison.Ordinal);
        if (type == typeof(string))
            value = text;
        else if (type == typeof(bool) && bool.TryParse(text, out var flag))
            value = flag;
        else if (type == typeof(int) && int.TryParse(plain, NumberStyles.AllowLeadingSign, culture, out var whole))
            value = whole;
        else if (type == typeof(long) && long.TryParse(plain, NumberStyles.AllowLeadingSign, culture, out var large))
            value = large;
        else if (type == typeof(double) && double.TryParse(plain, NumberStyles.Float, culture, out var number) && double.IsFinite(number))
            value = number;
        else if (type.IsEnum)
            value = Enum.GetValues(type).Cast<object>().FirstOrDefault(v => Same(KeyNames.Snake(v.ToString()!), text));
        return value is not null;
    }

    private static bool Same(string a, string b) =>
        string.Equals(a.Replace("_", "", StringComparison.Ordinal), b.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
}
