using System.Text.RegularExpressions;
using MammutScale.TestKit;

namespace MammutScale.Architecture.Tests;

/// <summary>What must not stand in the sources.</summary>
public sealed partial class CleanTreeTests
{
    private static readonly string[] Skipped = ["artifacts", "node_modules", ".git", "dist", ".work"];

    [Fact]
    public void SourcesNameNoRegistryAndNoUnfinishedWork()
    {
        var found = Sources(Repository.Root)
            .Where(file => !file.EndsWith("CleanTreeTests.cs", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file).Select((line, index) => (file, line, index)))
            .Where(at => Forbidden().IsMatch(at.line))
            .Select(at => $"{Path.GetRelativePath(Repository.Root, at.file)}:{at.index + 1}: {at.line.Trim()}")
            .ToArray();
        found.ShouldBeEmpty();
    }

    private static IEnumerable<string> Sources(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            if (Path.GetExtension(file) is ".cs" or ".ts" or ".css" or ".html" or ".sh" or ".py" or ".c" or ".yaml" or ".md" or ".props" or ".targets" or ".csproj") yield return file;
        }

        foreach (string inner in Directory.EnumerateDirectories(folder).Where(d => !Skipped.Contains(Path.GetFileName(d))))
        {
            foreach (string file in Sources(inner)) yield return file;
        }
    }

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\[(Fact|Theory)\(Skip|\b(api|registry|deb|security|index|pkgs)\.[a-z-]+\.(org|com|io)\b")]
    private static partial Regex Forbidden();
}
