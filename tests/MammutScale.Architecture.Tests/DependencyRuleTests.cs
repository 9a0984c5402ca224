using System.Xml.Linq;
using MammutScale.TestKit;

namespace MammutScale.Architecture.Tests;

/// <summary>Who may lean on whom (README "Layout"): read from the project files, so a new reference shows here.</summary>
public sealed class DependencyRuleTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Contracts"] = [],
        ["Storage"] = [],
        ["Collectives"] = [],
        ["Model"] = [],
        ["DataLoader"] = ["Storage"],
        ["Training"] = ["Model", "Collectives", "DataLoader", "Storage"],
        ["Worker"] = ["Training", "Contracts"],
        ["Coordinator"] = ["Contracts", "DataLoader", "Storage"],
        ["Dashboard"] = ["Contracts"],
        ["Cli"] = ["Coordinator", "Dashboard", "Worker"],
    };

    private static readonly string[] ControlPlaneOnly = ["Microsoft.Orleans", "Microsoft.AspNetCore", "prometheus-net.AspNetCore"];

    public static TheoryData<string> Projects() => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void AProjectLeansOnlyOnThoseBelowIt(string project)
    {
        var references = Read(project).Descendants("ProjectReference").Select(r => ShortName(r.Attribute("Include")!.Value)).ToArray();
        references.ShouldBeSubsetOf(Allowed[project]);
    }

    [Fact]
    public void EveryProductProjectIsInTheRule()
    {
        ProductFiles().Select(ShortName).Order().ShouldBe(Allowed.Keys.Order());
    }

    [Theory]
    [InlineData("Training")]
    [InlineData("Model")]
    [InlineData("Collectives")]
    [InlineData("DataLoader")]
    [InlineData("Storage")]
    public void TheDataPlaneKnowsNeitherOrleansNorAspNet(string project)
    {
        var names = Read(project).Descendants().Where(e => e.Name.LocalName is "PackageReference" or "FrameworkReference").Select(e => e.Attribute("Include")!.Value);
        names.Where(name => ControlPlaneOnly.Any(name.StartsWith)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Coordinator")]
    [InlineData("Dashboard")]
    public void TheControlPlaneShipsWithoutTorch(string project)
    {
        string output = Repository.Output($"MammutScale.{project}");
        Directory.Exists(output).ShouldBeTrue($"{output} is missing: build the solution first");
        Directory.EnumerateFiles(output).Select(Path.GetFileName).Where(f => f!.Contains("torch", StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
    }

    [Fact]
    public void OutputsHoldNoNativesOfOtherSystems_AndTorchOnlyAsLinks()
    {
        foreach (string output in Directory.EnumerateDirectories(Repository.PathOf("artifacts", "bin"), "release_linux-x64", SearchOption.AllDirectories))
        {
            var files = Directory.EnumerateFiles(output, "*", SearchOption.TopDirectoryOnly).Select(f => new FileInfo(f)).ToArray();
            files.Where(f => f.Extension is ".dylib" || f.Name is "LibTorchSharp.dll" or "torch_cpu.dll").ShouldBeEmpty(output);
            foreach (var torch in files.Where(f => f.Name.StartsWith("libtorch_cpu", StringComparison.Ordinal))) torch.LinkTarget.ShouldNotBeNull(torch.FullName);
        }
    }

    private static XDocument Read(string project) => XDocument.Load(ProductFiles().Single(f => ShortName(f) == project));

    private static string ShortName(string path) => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))["MammutScale.".Length..];

    private static IEnumerable<string> ProductFiles() =>
        new[] { "coordinator", "workers", "dataloader", "dashboard", "cli" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "MammutScale.*.csproj", SearchOption.AllDirectories));
}
