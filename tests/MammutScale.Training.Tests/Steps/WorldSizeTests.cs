using MammutScale.Training.Steps;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Steps;

public sealed class WorldSizeTests
{
    private static readonly Lazy<StepResult[]> OneRank = new(() => TinyTraining.Alone(TinyRun.File(), 50));

    [Theory]
    [InlineData(2, 0, 0, 50)]
    [InlineData(3, 1, 0, 50)]
    [InlineData(4, 0, 3, 50)]
    [InlineData(2, 1, 0, 20)]
    [InlineData(3, 0, 0, 20)]
    [InlineData(4, 1, 3, 20)]
    [InlineData(1, 0, 5, 20)]
    [InlineData(1, 1, 0, 20)]
    [InlineData(5, 1, 2, 20)]
    public void LossesEqualThoseOfOneRank_StepByStep(int world, int zero, int microBatch, int steps)
    {
        // odd worlds keep one copy of each shard, even ones two
        var file = TinyRun.File($"train.zero={zero}", $"train.zero_copies={1 + (world + 1) % 2}", $"train.micro_batch={microBatch}");

        var ranks = Ranks.Run(world, group => TinyTraining.Train(group, file, steps));

        for (var step = 0; step < steps; step++)
        {
            foreach (var rank in ranks)
            {
                rank[step].ShouldBe(ranks[0][step]);
                rank[step].Contrastive.ShouldBe(OneRank.Value[step].Contrastive, 1e-4);
                rank[step].Captioning.ShouldBe(OneRank.Value[step].Captioning, 1e-4);
            }
        }
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    public void LossesEqualThoseOfOneRank_OverTcp(int world, int zero)
    {
        var file = TinyRun.File($"train.zero={zero}");

        var ranks = Ranks.RunOverTcp(world, group => TinyTraining.Train(group, file, 20));

        for (var step = 0; step < 20; step++)
        {
            ranks[^1][step].ShouldBe(ranks[0][step]);
            ranks[0][step].Loss.ShouldBe(OneRank.Value[step].Loss, 2e-4);
        }
    }

    [Fact]
    public void LossesFall_WhenThePictureTellsTheWords() =>
        OneRank.Value[^1].Loss.ShouldBeLessThan(OneRank.Value[0].Loss * 0.7);

    [Theory]
    [InlineData("loss.contrastive=siglip")]
    [InlineData("loss.contrastive=focal")]
    [InlineData("loss.caption_weight=0")]
    [InlineData("loss.contrastive_weight=0")]
    [InlineData("train.grad_checkpoint=true")]
    public void LossesEqualThoseOfOneRank_ForEveryLoss(string set)
    {
        var expected = TinyTraining.Alone(TinyRun.File(set), 5);
        var ranks = Ranks.Run(2, group => TinyTraining.Train(group, TinyRun.File(set, "train.micro_batch=4"), 5));

        for (var step = 0; step < 5; step++) ranks[0][step].Loss.ShouldBe(expected[step].Loss, 1e-4);
    }
}
