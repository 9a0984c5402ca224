using System.Text.Json;
using MammutScale.TestKit;

namespace MammutScale.Cli.Tests.Commands;

/// <summary>The real program, short commands.</summary>
public sealed class CommandLineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task InspectPrintsTheDocumentedKeys_WhenTheSamplesAreLookedAt()
    {
        var (code, output, errors) = await MammutProcess.RunAsync(Limit, "data", "inspect", Repository.PathOf("dataloader", "samples", "eval"), "--json");
        code.ShouldBe(0, errors);
        using var document = JsonDocument.Parse(output);
        var root = document.RootElement;
        root.GetProperty("rows").GetInt64().ShouldBe(1911);
        root.GetProperty("files").GetInt32().ShouldBe(2);
        root.GetProperty("columns").GetProperty("caption").GetString().ShouldNotBeNullOrEmpty();
        root.GetProperty("columns").GetProperty("media").GetString().ShouldBe("webp");
    }

    [Fact]
    public async Task VerifyFindsEveryRowGood_WhenTheSamplesAreChecked()
    {
        var (code, output, errors) = await MammutProcess.RunAsync(Limit, "data", "verify", Repository.PathOf("dataloader", "samples", "eval"), "--json");
        code.ShouldBe(0, errors);
        using var document = JsonDocument.Parse(output);
        document.RootElement.GetProperty("good").GetInt64().ShouldBe(1911);
        document.RootElement.GetProperty("bad").GetInt64().ShouldBe(0);
        document.RootElement.GetProperty("digest").GetString()!.Length.ShouldBe(64);
    }

    [Fact]
    public async Task TheFileIsNamedInOneSentence_WhenItIsNotParquet()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("no.parquet"), "hello, this is no Parquet file at all", TestContext.Current.CancellationToken);
        var (code, output, errors) = await MammutProcess.RunAsync(Limit, "data", "verify", folder.File("no.parquet"), "--json");
        code.ShouldNotBe(0);
        errors.ShouldContain("no.parquet");
        (output + errors).ShouldNotContain("   at ");
    }

    [Fact]
    public async Task ParityAgrees_WhenAFixtureIsRun()
    {
        var (code, output, errors) = await MammutProcess.RunAsync(Limit, "parity", Repository.PathOf("tests", "MammutScale.Model.Tests", "parity", "f5-contrastive.safetensors"), "--json");
        code.ShouldBe(0, errors);
        using var document = JsonDocument.Parse(output);
        document.RootElement.GetProperty("max_abs_error").GetDouble().ShouldBeLessThan(1e-4);
    }

    [Fact]
    public async Task APlanTellsMemoryTimeAndStorage_WhenARunFileIsGiven()
    {
        string file = Repository.PathOf("dataloader", "samples", "quickstart.yaml");
        var (code, output, errors) = await MammutProcess.RunAsync(Limit, "plan", "-c", file, "--gpus", "8", "--gpu", "h200", "--set", "model=mammut-l14", "--json");
        code.ShouldBe(0, errors);
        using var document = JsonDocument.Parse(output);
        var plan = document.RootElement;
        plan.GetProperty("memory").GetProperty("weights").GetDouble().ShouldBeGreaterThan(4 * plan.GetProperty("parameters").GetDouble() - 1);
        plan.GetProperty("fits").GetBoolean().ShouldBeTrue();
        plan.GetProperty("days").GetDouble().ShouldBeGreaterThan(0);
        plan.GetProperty("storage_bytes").GetDouble().ShouldBeGreaterThan(plan.GetProperty("checkpoint_bytes").GetDouble());

        (code, _, errors) = await MammutProcess.RunAsync(Limit, "plan", "-c", file, "--gpu", "abacus");
        code.ShouldNotBe(0);
        errors.ShouldContain("--gpu is 'abacus'; there are b200, h200");
    }

    [Theory]
    [InlineData("quickstrat")]
    [InlineData("quickstart", "--device", "tpu")]
    [InlineData("data", "inspekt")]
    [InlineData("runs", "list", "--coordinator", "nowhere")]
    public async Task ANonZeroExitAndNoTrace_WhenTheCommandIsWrong(params string[] arguments)
    {
        var (code, output, errors) = await MammutProcess.RunAsync(Limit, arguments);
        code.ShouldNotBe(0);
        (output + errors).ShouldNotContain("   at ");
    }
}
