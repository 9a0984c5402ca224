using MammutScale.Model.Generation;
using MammutScale.Model.Losses;
using MammutScale.Model.Tubes;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Tubes;

[Collection("torch")]
public sealed class VideoCaptionTests
{
    [Fact]
    public void TellsClipsApartByWhatComesAfterTheFirstFrame()
    {
        using var all = NewDisposeScope();
        using Mammut model = new(Shapes.Modern, 1);
        // patches are taken of frame 0 alone, and that is the same in all clips: only tubes see the difference
        using VideoEncoder encoder = new(model, new() { PatchStride = 8, Tubes = [new(new(2, 8, 8), new(2, 8, 8), default)] });
        Tensor frames = Shapes.Images(Shapes.Modern, 12, 5).view(3, 4, 3, 16, 16);
        frames.select(1, 0).copy_(frames[0, 0]);
        Tensor ids = Shapes.Texts(Shapes.Modern, 8, 6, 5);
        CaptionTargets targets = model.CaptionTargets(ids);
        using var optimizer = optim.AdamW(model.parameters().Concat(encoder.Tubes.parameters()), lr: 3e-3);
        float loss = 0;
        for (int step = 0; step < 80; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            Tensor hidden = model.CaptionHidden(ids.narrow(1, 0, ids.shape[1] - 1), encoder.EncodeVideo(frames).Tokens);
            Tensor each = model.CaptionLoss(hidden, targets, targets.Count);
            each.backward();
            optimizer.step();
            loss = each.item<float>();
        }
        loss.ShouldBeLessThan(0.05f);

        Tensor tokens = encoder.EncodeVideo(frames).Tokens;
        foreach (GenerationMethod method in new[] { GenerationMethod.Greedy, GenerationMethod.Beam })
        {
            IReadOnlyList<IReadOnlyList<GeneratedCaption>> captions = new CaptionGenerator(model).Generate(tokens, new() { Method = method, BosId = 35, EosId = 36 });
            for (int clip = 0; clip < 3; clip++)
            {
                long[] text = [.. ids[clip].data<long>().ToArray().Skip(1).TakeWhile(id => id != 36)];
                captions[clip][0].Ids.ShouldBe(text);
                captions[clip][0].Ended.ShouldBeTrue();
            }
        }
    }
}
