using MammutScale.Model;
using MammutScale.Model.Weights;
using MammutScale.Training.Binding;
using MammutScale.Training.Configuration;
using MammutScale.Training.Replicas;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Runs;

/// <summary>model.init_from: a run that begins with somebody's weights.</summary>
public sealed class InitFromTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _weights;

    public InitFromTests()
    {
        _weights = Path.Combine(_folder.Path, "weights.safetensors");
        using var model = new Mammut(TinyRun.Config, seed: 99);
        OpenClipFiles.Export(model, _weights);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("fp32")]
    [InlineData("bf16")]
    public void MasterWeightsAreThoseOfTheFileBitForBit_WhenARunBegins(string precision)
    {
        var file = File($"train.precision={precision}");
        using var replica = new Replica(file, ModelShape.Resolve(file), 0, 1, threads: 1);
        replica.Begin();

        using var expected = OpenClipFiles.Import(_weights);
        foreach (var (name, parameter) in expected.named_parameters())
        {
            var entry = replica.State.Layout.ByName[name];
            using var flat = parameter.detach().flatten();
            TensorMemory(replica, entry.Offset, entry.Count).SequenceEqual(flat.data<float>().ToArray()).ShouldBeTrue(name);
        }
    }

    [Fact]
    public void ShapeComesFromTheFile_WhenNoPresetIsGiven() =>
        ModelShape.Resolve(File()).Vision.ShouldBe(TinyRun.Config.Vision);

    [Fact]
    public void KeysAreRefused_WhenPresetAndFileAreBothGiven() =>
        Should.Throw<RunSpecException>(() => File("model.preset=mammut-tiny")).Message.ShouldContain("leave model.preset out");

    [Fact]
    public void TheTensorsAreNamed_WhenAKeyDoesNotFitTheFile()
    {
        var file = File("model.text_width=32");
        using var replica = new Replica(file, ModelShape.Resolve(file), 0, 1, threads: 1);
        var fault = Should.Throw<WeightsException>(replica.Begin);
        fault.Message.ShouldContain("text.token_embedding.weight");
    }

    [Fact]
    public void TheFileIsNamed_WhenItIsNotThere() =>
        Should.Throw<RunSpecException>(() => ModelShape.Resolve(File("model.init_from=/none/w.safetensors"))).Message.ShouldContain("/none/w.safetensors");

    [Fact]
    public void TheTokenizerIsNamed_WhenItHasMoreEntriesThanTheFile() =>
        Should.Throw<RunSpecException>(() => ModelShape.Resolve(File(), vocabulary: 1000)).Message.ShouldContain("data.tokenizer");

    private static ReadOnlySpan<float> TensorMemory(Replica replica, long offset, long count) => MammutScale.Training.Parameters.TensorMemory.Floats(replica.State.Weights, offset, count);

    private RunFile File(params string[] overrides) => RunFile.Parse($$"""
        name: test
        model: {init_from: "{{_weights}}"}
        data: {train: [{path: none}], lanes: 12}
        train: {global_batch: 24, steps: 50}
        """, overrides);
}
