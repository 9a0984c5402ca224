using MammutScale.Training.Configuration;

namespace MammutScale.Training.Benchmarks;

/// <summary>The run file of a measurement.</summary>
internal static class BenchFile
{
    public static RunFile For(string model, int batch, params string[] overrides) => RunFile.Parse($$"""
        name: bench
        model: {{model}}
        data: {train: [{path: synthetic}], lanes: 1}
        train: {global_batch: {{batch}}, steps: 1000}
        """, overrides);
}
