using System.Reflection;
using System.Text;

namespace MammutScale.Training.Binding;

/// <summary>C# names as YAML keys, and what someone may have meant by a wrong one.</summary>
internal static class KeyNames
{
    public static string Of(PropertyInfo property) => Snake(property.Name);

    public static string Snake(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    /// <summary>" Did you mean x?", or the keys that there are when none is near.</summary>
    public static string Suggest(string wrong, IReadOnlyCollection<string> known)
    {
        var (nearest, distance) = known.Select(k => (Key: k, Distance: EditDistance(wrong, k))).OrderBy(p => p.Distance).FirstOrDefault(("", int.MaxValue));
        return distance <= Math.Max(2, wrong.Length / 3) ? $"did you mean {nearest}?" : $"known are {string.Join(", ", known)}";
    }

    /// <summary>Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).</summary>
    public static int EditDistance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
