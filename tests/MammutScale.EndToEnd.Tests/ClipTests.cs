using System.Text.Json;
using MammutScale.TestKit;

namespace MammutScale.EndToEnd.Tests;

/// <summary>Clips by the command line alone: made, trained on by two worker processes together with pictures, exported, read back.</summary>
public sealed class ClipTests
{
    [Fact]
    public async Task ClipsAreTrainedRetrievedAndExportedWithTheirTubes()
    {
        using var work = new TemporaryFolder();
        await Succeeds("data", "make-scenes", "-o", work.File("scenes"), "--scenes", "20", "--clips", "40");
        File.WriteAllText(work.File("clips.yaml"), $$"""
            name: clips
            model: {preset: mammut-tiny, patch_size: 16, vision_layers: 2, vision_width: 64, vision_heads: 2, text_layers: 2, text_width: 64, text_heads: 2, video: true}
            data:
              train:
                - {name: moving, path: scenes/clip-captions/train, weight: 3}
                - {name: still, path: scenes/captions/train}
              eval: [{name: clips, path: scenes/clip-captions/eval}]
              tokenizer: {{Repository.PathOf("dataloader", "samples", "tokenizer.json")}}
              video: {frames: 8}
            train: {global_batch: 16, steps: 6, micro_batch: 4, zero: 1}
            """);

        using var summary = JsonDocument.Parse(await Succeeds("train", "-c", work.File("clips.yaml"), "--workers", "2", "--work-dir", work.File("work"), "--exit", "--json"));
        summary.RootElement.GetProperty("steps").GetInt64().ShouldBe(6);
        summary.RootElement.GetProperty("retrieval").GetProperty("candidates").GetInt32().ShouldBe(8);

        string weights = work.File("clips.safetensors"), again = work.File("again.safetensors");
        using var exported = JsonDocument.Parse(await Succeeds("export", "--checkpoint", summary.RootElement.GetProperty("checkpoint").GetString()!, "-o", weights, "--json"));
        string tubes = exported.RootElement.GetProperty("video").GetString().ShouldNotBeNull();
        await Succeeds("import", weights, "-o", again);
        File.ReadAllBytes(work.File("again.video.safetensors")).ShouldBe(File.ReadAllBytes(tubes));

        var (code, _, errors) = await MammutProcess.RunAsync(Local.Limit, "train", "-c", work.File("clips.yaml"), "--set", "model.video=false", "--work-dir", work.File("work"), "--exit");
        code.ShouldNotBe(0);
        errors.ShouldContain("write video: true under model");
    }

    private static async Task<string> Succeeds(params string[] arguments)
    {
        var (code, output, errors) = await MammutProcess.RunAsync(Local.Limit, arguments);
        code.ShouldBe(0, errors);
        return output;
    }
}
