using System.Text.RegularExpressions;
using MammutScale.TestKit;

namespace MammutScale.Architecture.Tests;

/// <summary>
/// Folders do not lean on each other in a circle: within a project by what its files import, over the whole tree by words alone. The
/// second finds equal words, too: a type whose name is a word that others use for a property wants a name that says more.
/// </summary>
public sealed partial class HouseTests
{
    private static readonly string[] Roots = ["coordinator", "workers", "dataloader", "dashboard", "cli"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NoTwoFoldersLeanOnEachOther(bool byWords)
    {
        var arrows = Arrows(byWords);
        var circles = arrows.Keys.Where(folder => Reaches(arrows, folder, folder)).Order().ToArray();
        circles.ShouldBeEmpty("these folders stand in a circle: " + string.Join(", ", circles.Select(c => $"{Path.GetRelativePath(Repository.Root, c)} → {string.Join(", ", arrows[c].Where(to => Reaches(arrows, to, c)).Select(to => Path.GetRelativePath(Repository.Root, to)))}")));
    }

    private static Dictionary<string, HashSet<string>> Arrows(bool byWords)
    {
        var text = Roots.SelectMany(root => Directory.EnumerateFiles(Repository.PathOf(root), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("node_modules", StringComparison.Ordinal))
            .ToDictionary(file => file, file => Noise().Replace(File.ReadAllText(file), " "));
        var homes = new Dictionary<string, List<string>>();
        foreach (var (file, source) in text)
        {
            foreach (string name in Declaration().Matches(source).Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value).Distinct())
            {
                (homes.TryGetValue(name, out var files) ? files : homes[name] = []).Add(file);
            }
        }

        var arrows = new Dictionary<string, HashSet<string>>();
        foreach (var (file, source) in text)
        {
            string folder = Path.GetDirectoryName(file)!;
            foreach (string name in Word().Matches(source).Select(m => m.Value).Distinct())
            {
                if (!homes.TryGetValue(name, out var files) || files.Count != 1) continue;
                string other = Path.GetDirectoryName(files[0])!;
                // between projects the compiler forbids circles
                if (other != folder && (byWords || (ProjectOf(other) == ProjectOf(folder) && Sees(source, folder, other)))) (arrows.TryGetValue(folder, out var to) ? to : arrows[folder] = []).Add(other);
            }
        }

        return arrows;
    }

    /// <summary>The file can mean a type of that folder: it imports its namespace or lies below it. A property of the same name is no arrow.</summary>
    private static bool Sees(string source, string folder, string other) =>
        source.Contains($"using {NamespaceOf(other)};", StringComparison.Ordinal) || NamespaceOf(folder).StartsWith(NamespaceOf(other) + '.', StringComparison.Ordinal);

    private static string NamespaceOf(string folder) => string.Join('.', Path.GetRelativePath(Repository.Root, folder).Split('/').Skip(1));

    private static string ProjectOf(string folder) => string.Join('/', Path.GetRelativePath(Repository.Root, folder).Split('/').Take(2));

    private static bool Reaches(Dictionary<string, HashSet<string>> arrows, string from, string goal)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>(arrows.GetValueOrDefault(from) ?? []);
        while (open.TryPop(out string? next))
        {
            if (next == goal) return true;
            if (seen.Add(next) && arrows.TryGetValue(next, out var more)) foreach (string to in more) open.Push(to);
        }

        return false;
    }

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record(?:\s+struct|\s+class)?)\s+([A-Z]\w+)|\bdelegate\s+[\w<>\[\]?,.\s]+?\s([A-Z]\w+)\s*[(<]")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\b[A-Z]\w+\b")]
    private static partial Regex Word();

    [GeneratedRegex("//[^\\n]*|/\\*.*?\\*/|@?\\$?\"(?:\\\\.|[^\"\\\\\\n])*\"", RegexOptions.Singleline)]
    private static partial Regex Noise();
}
