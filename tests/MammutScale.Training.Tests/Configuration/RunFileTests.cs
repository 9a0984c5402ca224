using MammutScale.Model.Configuration;
using MammutScale.Training.Binding;
using MammutScale.Training.Configuration;

namespace MammutScale.Training.Tests.Configuration;

public sealed class RunFileTests
{
    private const string Minimal = """
        name: emoji
        data:
          train: [{path: samples/train}]
        train: {global_batch: 128, steps: 60}
        """;

    [Fact]
    public void TheResolvedFileReadsBackAsItself_WhenDefaultsWereFilledIn()
    {
        var file = RunFile.Parse(Minimal, ["optim.lr=3e-4", "data.train.0.weight=0.25", "loss.contrastive=focal"]);
        var again = RunFile.Parse(file.ToYaml());

        again.ToYaml().ShouldBe(file.ToYaml());
        again.Optim.Lr.ShouldBe(3e-4);
        again.Data.Train[0].Weight.ShouldBe(0.25);
        again.Loss.Contrastive.ShouldBe(ContrastiveKind.Focal);
        again.Train.Steps.ShouldBe(60);
        again.Train.Epochs.ShouldBeNull();
    }

    [Fact]
    public void AllErrorsAreListed_WhenSeveralKeysAreWrong()
    {
        var wrong = Should.Throw<RunSpecException>(() => RunFile.Parse("""
            name: emoji
            data:
              train: [{path: a, wieght: 2}]
            train: {global_batch: many, steps: 10}
            optim: {lr: -1, betas: [0.9]}
            loss: {contrastive: infonec}
            elastic: {min_workers: 9, max_workers: 3}
            """));

        wrong.Errors.Count.ShouldBe(6);
        wrong.Message.ShouldContain("data.train.0.wieght: 2 (line 3) is not a key of the run file; did you mean weight?");
        wrong.Message.ShouldContain("train.global_batch: many (line 4) must be a whole number");
        wrong.Message.ShouldContain("optim.lr: -1 (line 5) must be more than 0");
        wrong.Message.ShouldContain("optim.betas (line 5) must be a list of 2 values");
        wrong.Message.ShouldContain("loss.contrastive: infonec (line 6) is not known; did you mean infonce?");
        wrong.Message.ShouldContain("elastic.min_workers: 9 must not be more than elastic.max_workers (3)");
    }

    [Theory]
    [InlineData("optmi.lr=1", "optmi: is not a key")]
    [InlineData("optim.lr", "--set optim.lr: must be key=value")]
    [InlineData("data.train.7.weight=1", "data.train is a list of 1")]
    [InlineData("name.first=1", "name is a single value")]
    [InlineData("train.steps=0", "train.steps: 0")]
    [InlineData("data.lanes=7", "data.lanes: 7 must divide train.global_batch (128); for example 4")]
    [InlineData("model=mammut-tinny", "did you mean mammut-tiny?")]
    [InlineData("data.cache.size=lots", "data.cache.size: lots must be a size with its unit; for example 200GB")]
    [InlineData("data.cache.siez=1GB", "did you mean size?")]
    [InlineData("data.video.sampling=spred", "data.video.sampling: spred (line 1) is not known; did you mean spread?")]
    [InlineData("train.epochs=2", "train.epochs and train.steps are both given")]
    public void AnOverrideIsRefusedByName_WhenItDoesNotFit(string set, string says) =>
        Should.Throw<RunSpecException>(() => RunFile.Parse(Minimal, [set])).Message.Replace("optmi (line 1) is", "optmi: is", StringComparison.Ordinal).ShouldContain(says);

    [Fact]
    public void ASectionGivenAsOneValueIsSpeltOut_WhenAnOverrideGoesIntoIt()
    {
        var file = RunFile.Parse(Minimal + "\nmodel: mammut-small", ["model.text_layers=2"]);

        file.Model.Preset.ShouldBe("mammut-small");
        file.Model.TextLayers.ShouldBe(2);
    }

    [Fact]
    public void WhatIsMissingIsNamed_WhenTheFileIsEmpty()
    {
        var wrong = Should.Throw<RunSpecException>(() => RunFile.Parse(""));

        wrong.Errors.ShouldContain(e => e.StartsWith("name is missing"));
        wrong.Errors.ShouldContain(e => e.StartsWith("data is missing"));
        wrong.Errors.ShouldContain(e => e.StartsWith("train is missing"));
    }

    [Fact]
    public void TextThatIsNotYamlIsRefused_WhenABracketStaysOpen() =>
        Should.Throw<RunSpecException>(() => RunFile.Parse("name: [a")).Message.ShouldContain("this is not YAML");

    [Fact]
    public void StepsFollowFromEpochs_WhenEpochsAreGiven()
    {
        var file = RunFile.Parse(Minimal, ["train.steps=null", "train.epochs=2.5"]);

        file.TotalSteps(1000).ShouldBe(19);
    }

    [Fact]
    public void PathsAreMadeAbsolute_ExceptAddresses()
    {
        var file = RunFile.Parse(Minimal, ["checkpoint.store=az://account/container"]).WithAbsolutePaths("/some/where");

        file.Data.Train[0].Path.ShouldBe("/some/where/samples/train");
        file.Data.Tokenizer.ShouldBe("cl100k_base");
        file.Checkpoint.Store.ShouldBe("az://account/container");
    }

    [Fact]
    public void CrossAttentionStandsWhereTheFileSays_WhenLayersAreListed()
    {
        var file = RunFile.Parse(Minimal + "\nmodel: {cross_layers: [1, 3]}\n");
        CrossPlacement.Layers(ModelShape.Resolve(file, 100)).ShouldBe([1, 3]);
        RunFile.Parse(file.ToYaml()).Model.CrossLayers.ShouldBe([1, 3]);
        Should.Throw<RunSpecException>(() => ModelShape.Resolve(RunFile.Parse(Minimal + "\nmodel: {cross_layers: [3, 1]}\n"), 100)).Message.ShouldContain("ascending");
    }
}
