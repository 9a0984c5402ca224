using System.Text.Json;
using MammutScale.Contracts;
using MammutScale.TestKit;

namespace MammutScale.Dashboard.Tests;

/// <summary>The page's types know every word that the coordinator uses.</summary>
public sealed class PageTypesTests
{
    [Theory]
    [InlineData(typeof(RunEventKind), "EventKind")]
    [InlineData(typeof(WorkerState), "WorkerState")]
    [InlineData(typeof(RunState), "RunState")]
    public void EveryNameIsInThePagesUnion(Type words, string union)
    {
        string types = File.ReadAllText(Path.Combine(Repository.Root, "dashboard", "ui", "src", "data", "types.ts"));
        int begin = types.IndexOf($"export type {union} =", StringComparison.Ordinal);
        begin.ShouldBeGreaterThanOrEqualTo(0);
        string known = types[begin..types.IndexOf(';', begin)];
        Enum.GetNames(words).Select(JsonNamingPolicy.CamelCase.ConvertName).Where(name => !known.Contains($"\"{name}\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
