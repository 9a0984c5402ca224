using System.Text;
using System.Text.RegularExpressions;

namespace MammutScale.DataLoader.Places;

/// <summary>A glob over keys with slashes: * and ? stay inside one part, ** crosses parts, {a,b} and [0-9] choose.</summary>
internal sealed class GlobPattern
{
    private static readonly char[] Wildcards = ['*', '?', '[', '{'];

    private readonly Regex _regex;

    public GlobPattern(string pattern)
    {
        _regex = new Regex(Translate(pattern), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        Prefix = pattern[..Math.Max(0, FirstWildcard(pattern))];
    }

    /// <summary>What every match begins with.</summary>
    public string Prefix { get; }

    public static int FirstWildcard(string path) => path.IndexOfAny(Wildcards);

    public bool Matches(string key) => _regex.IsMatch(key);

    private static string Translate(string pattern)
    {
        var regex = new StringBuilder("^(?:");
        var braces = 0;
        for (var i = 0; i < pattern.Length; i++)
            switch (pattern[i])
            {
                case '*' when i + 2 < pattern.Length && pattern[i + 1] == '*' && pattern[i + 2] == '/':
                    regex.Append("(?:.*/)?");
                    i += 2;
                    break;
                case '*' when i + 1 < pattern.Length && pattern[i + 1] == '*':
                    regex.Append(".*");
                    i++;
                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '{':
                    regex.Append("(?:");
                    braces++;
                    break;
                case '}' when braces > 0:
                    regex.Append(')');
                    braces--;
                    break;
                case ',' when braces > 0:
                    regex.Append('|');
                    break;
                case '[' when pattern.IndexOf(']', i + 1) is var close and > 0:
                    var set = pattern[(i + 1)..close].Replace("\\", "\\\\", StringComparison.Ordinal);
                    regex.Append('[').Append(set.StartsWith('!') ? "^" + set[1..] : set).Append(']');
                    i = close;
                    break;
                default:
                    regex.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }

        if (braces > 0)
            throw new DataPlaceException($"'{pattern}': a {{ is never closed");
        return regex.Append(")$").ToString();
    }
}
