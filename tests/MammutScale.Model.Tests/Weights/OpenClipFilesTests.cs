using MammutScale.Model.Configuration;
using MammutScale.Model.Weights;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Weights;

[Collection("torch")]
public sealed class OpenClipFilesTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("openclip").FullName;

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public static TheoryData<string> Kinds => ["modern", "linear", "fork", "no-mlp", "bf16"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryBitComesBack_WhenAModelIsExportedAndImported(string kind)
    {
        MammutConfig config = kind switch
        {
            "linear" => Shapes.Modern with { EmbedDim = 20, InitLogitBias = -10, Text = Shapes.Modern.Text with { Projection = TextProjection.Linear } },
            "fork" => Shapes.Fork,
            "no-mlp" => Shapes.Fork with { Text = Shapes.Fork.Text with { HasMlp = false } },
            _ => Shapes.Modern,
        };
        ScalarType dtype = kind == "bf16" ? bfloat16 : float32;
        using Mammut model = new(config, seed: 5, dtype: dtype);
        string path = InFolder("model.safetensors"), again = InFolder("again.safetensors");
        OpenClipFiles.Export(model, path);
        using Mammut read = OpenClipFiles.Import(path, dtype: dtype);
        read.Config.ShouldBe(config with { Name = "model" });
        OpenClipFiles.Export(read, again);
        File.ReadAllBytes(again).ShouldBe(File.ReadAllBytes(path));
        File.ReadAllText(OpenClipFiles.ConfigPath(again)).ShouldBe(File.ReadAllText(OpenClipFiles.ConfigPath(path)));
    }

    [Fact]
    public void ComputesTheSame_WhenAForkModelIsExportedInOpenClipsLayout()
    {
        using Mammut fork = Shapes.Disturbed(Shapes.Fork);
        string path = InFolder("converted.safetensors");
        OpenClipFiles.Export(fork, path, ModelLayout.OpenClip);
        using Mammut modern = OpenClipFiles.Import(path);
        modern.Config.Layout.ShouldBe(ModelLayout.OpenClip);
        modern.state_dict().ShouldContainKey("text.lm_head");
        Same(fork, modern);

        // a fork checkpoint beside an open_clip configuration: told apart by its names
        string mixed = InFolder("mixed.safetensors");
        OpenClipFiles.Export(fork, mixed);
        File.Copy(OpenClipFiles.ConfigPath(path), OpenClipFiles.ConfigPath(mixed), overwrite: true);
        using Mammut fromFork = OpenClipFiles.Import(mixed);
        Same(fork, fromFork);
    }

    [Fact]
    public void Refuses_WhenALayoutHasNoWordsForTheModel()
    {
        using Mammut noMlp = new(Shapes.Fork with { Text = Shapes.Fork.Text with { HasMlp = false } }), masked = new(Shapes.Modern);
        Should.Throw<ModelConfigException>(() => OpenClipFiles.Export(noMlp, InFolder("a.safetensors"), ModelLayout.OpenClip)).Message.ShouldContain("has_mlp");
        Should.Throw<ModelConfigException>(() => OpenClipFiles.Export(masked, InFolder("a.safetensors"), ModelLayout.OpenClipMammut)).Message.ShouldContain("use_pad_mask");
    }

    [Fact]
    public void ListsEveryTensorByName_WhenWeightsDoNotFit()
    {
        using Mammut model = new(Shapes.Modern);
        string path = InFolder("changed.safetensors");
        OpenClipFiles.Export(model, path);
        List<(string, Tensor)> changed = [];
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in model.named_parameters())
        {
            if (name == "visual.proj")
                changed.Add(("visual.projection", parameter));
            else
                changed.Add((name, name switch { "text.ln_final.bias" => zeros([25]), "logit_scale" => tensor(3L), _ => parameter }));
        }
        SafetensorsWriter.Write(path, changed);

        WeightsReport report = OpenClipFiles.Inspect(path).Report;
        report.Missing.ShouldBe(["visual.proj"]);
        report.Unexpected.ShouldBe(["visual.projection"]);
        report.Misfits.ShouldBe([new("logit_scale", "I64 []", "floating []"), new("text.ln_final.bias", "F32 [25]", "[24]")]);
        string message = Should.Throw<WeightsException>(() => OpenClipFiles.Import(path)).Message;
        foreach (string part in (string[])["missing     visual.proj", "unexpected  visual.projection", "mis-shaped  text.ln_final.bias: found F32 [25], expected [24]"])
            message.ShouldContain(part);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Tensor before = model.get_parameter("text.lm_head")!.clone();
        Should.Throw<WeightsException>(() => ModelWeights.Load(model, file));
        Shapes.Distance(model.get_parameter("text.lm_head")!, before).ShouldBe(0);
    }

    [Fact]
    public void NamesTheConfigurationItLooksFor_WhenThereIsNone()
    {
        string path = InFolder("lonely.safetensors");
        SafetensorsWriter.Write(path, [("a", zeros([1]))]);
        Should.Throw<ModelConfigException>(() => OpenClipFiles.Import(path)).Message.ShouldContain("lonely.json");
    }

    [Fact]
    public void ConvertsToTheModelsDtype_WhenTheFileHasAnother()
    {
        using Mammut model = new(Shapes.Modern);
        string path = InFolder("f32.safetensors");
        OpenClipFiles.Export(model, path);
        using Mammut half = OpenClipFiles.Import(path, dtype: bfloat16);
        Shapes.Distance(half.get_parameter("visual.proj")!, model.get_parameter("visual.proj")!.to(bfloat16)).ShouldBe(0);
    }

    private static void Same(Mammut a, Mammut b)
    {
        Tensor images = Shapes.Images(a.Config, 2), ids = Shapes.Texts(a.Config, 8, 5);
        ImageEncoding imageA = a.EncodeImage(images), imageB = b.EncodeImage(images);
        Shapes.Distance(imageA.Features, imageB.Features).ShouldBe(0);
        Shapes.Distance(a.EncodeText(ids), b.EncodeText(ids)).ShouldBe(0);
        Shapes.Distance(a.CaptionLogits(a.CaptionHidden(ids, imageA.Tokens)), b.CaptionLogits(b.CaptionHidden(ids, imageB.Tokens))).ShouldBe(0);
    }

    private string InFolder(string name) => Path.Combine(_folder, name);
}
