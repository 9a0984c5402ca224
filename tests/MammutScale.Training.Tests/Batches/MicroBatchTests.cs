using MammutScale.Model;
using MammutScale.Model.Configuration;
using MammutScale.Training.Batches;
using MammutScale.Training.Tests.Support;
using static TorchSharp.torch;

namespace MammutScale.Training.Tests.Batches;

public sealed class MicroBatchTests
{
    [Fact]
    public void TextsAreCutToTheLongest_WhenPaddingDoesNotCount()
    {
        using var scope = NewDisposeScope();
        using var model = new Mammut(TinyRun.Config);
        using var batch = Short();

        var micro = MicroBatch.Of(batch, 0, 4, model);

        micro.Ids.shape.ShouldBe([4, 4]);
        micro.Valid.sum().item<long>().ShouldBe(batch.Lengths[..4].Sum());
    }

    [Theory]
    [InlineData(TextPool.AvgAll, true)]
    [InlineData(TextPool.Avg, false)]
    public void AnEmbeddingDoesNotDependOnTheTextsBesideIt_WhenTheModelCountsPadding(TextPool pool, bool masks)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = new Mammut(TinyRun.Config with { Text = TinyRun.Config.Text with { Pool = pool, UsePadMask = masks } });
        using var batch = Short();
        batch.Lengths[5] = TinyRun.ContextLength;

        var alone = MicroBatch.Of(batch, 0, 1, model);
        var together = MicroBatch.Of(batch, 0, 6, model);

        alone.Ids.shape.ShouldBe([1, TinyRun.ContextLength]);
        var difference = (model.EncodeText(alone.Ids, alone.Valid) - model.EncodeText(together.Ids, together.Valid).narrow(0, 0, 1)).abs().max().item<float>();
        difference.ShouldBeLessThan(1e-6f);
    }

    /// <summary>Texts of at most four tokens.</summary>
    private static DataLoader.Pipeline.Batch Short()
    {
        var batch = TinyRun.Batch(0, 0, 6);
        for (var i = 0; i < 6; i++)
        {
            batch.Lengths[i] = 3 + (i % 2);
            batch.Tokens.Span.Slice((i * TinyRun.ContextLength) + batch.Lengths[i], TinyRun.ContextLength - batch.Lengths[i]).Clear();
        }

        return batch;
    }
}
