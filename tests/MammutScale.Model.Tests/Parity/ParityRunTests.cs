using System.Text.Json;
using MammutScale.Model.Parity;
using MammutScale.Model.Weights;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Parity;

[Collection("torch")]
public sealed class ParityRunTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("parity").FullName;

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("expect/text_features", 1e-3)]
    [InlineData("expect/caption_loss", 1e-3)]
    [InlineData("grad/map_viz2txt_kv", 1e-2)]
    [InlineData("after3/visual.conv1.weight", 1e-3)]
    [InlineData("expect/adamw_losses", 1e-3)]
    public void FailsForThatTensorAlone_WhenAReferenceIsWrong(string name, double by)
    {
        string path = Changed((n, value) => n == name ? value + by : value);
        ParityReport report = ParityRun.Run(path);
        report.Passed.ShouldBeFalse();
        report.Failures.ShouldHaveSingleItem().Name.ShouldBe(name);
        report.MaxAbsError.ShouldBeGreaterThan(by / 2);
    }

    [Fact]
    public void FailsWhereThereShouldBeNoGradient_WhenTheReferenceHasNone() =>
        ParityRun.Run(Changed((n, v) => n == "grad/map_viz2txt_kv" ? null : v)).Failures.ShouldHaveSingleItem().Name.ShouldBe("grad/map_viz2txt_kv");

    [Fact]
    public void SaysWhatIsMissing_WhenAWeightIsNotThere() =>
        Should.Throw<WeightsException>(() => ParityRun.Run(Changed((n, v) => n == "weights/visual.proj" ? null : v))).Message.ShouldContain("missing     visual.proj");

    [Fact]
    public void SaysWhatIsMissing_WhenThereIsNoConfiguration()
    {
        string path = Changed((_, v) => v);
        File.Delete(Path.ChangeExtension(path, ".json"));
        Should.Throw<WeightsException>(() => ParityRun.Run(path)).Message.ShouldContain(".json");
        File.WriteAllText(Path.ChangeExtension(path, ".json"), "{}");
        Should.Throw<ModelConfigException>(() => ParityRun.Run(path)).Message.ShouldContain("does not describe a fixture");
    }

    [Fact]
    public void TheJsonNamesEveryTensorAndItsError()
    {
        using var json = JsonDocument.Parse(ParityRun.Run(Path.Combine(AppContext.BaseDirectory, "parity", "f5-contrastive.safetensors")).ToJson());
        json.RootElement.GetProperty("passed").GetBoolean().ShouldBeTrue();
        json.RootElement.GetProperty("max_abs_error").GetDouble().ShouldBeLessThan(1e-5);
        json.RootElement.GetProperty("tensors").EnumerateArray().Select(t => t.GetProperty("name").GetString()).ShouldContain("grad/siglip/bias");
        double.IsNaN(new ParityReport("x", [new("b", 1, 1, 1, false), new("a", double.NaN, double.NaN, 1, false)]).MaxAbsError).ShouldBeTrue();
        new ParityReport("x", [new("a", double.NaN, double.NaN, 1, false)]).Passed.ShouldBeFalse();
        new ParityReport("x", [new("a", double.NaN, double.NaN, 1, false)]).ToJson().ShouldContain("NaN");
    }

    private string Changed(Func<string, Tensor, Tensor?> change)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "parity", "f6-modern-linear-valid"), target = Path.Combine(_folder, "changed");
        using SafetensorsFile file = SafetensorsFile.Open(source + ".safetensors");
        SafetensorsWriter.Write(target + ".safetensors",
            [.. file.Entries.Keys.Select(n => (n, change(n, file.Read(n)))).Where(t => t.Item2 is not null).Select(t => (t.n, t.Item2!))]);
        File.Copy(source + ".json", target + ".json");
        return target + ".safetensors";
    }
}
