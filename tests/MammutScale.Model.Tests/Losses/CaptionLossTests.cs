using MammutScale.Model.Losses;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Losses;

[Collection("torch")]
public sealed class CaptionLossTests : IDisposable
{
    private const int Batch = 5, Length = 9, Width = 12, Vocabulary = 31;
    private readonly IDisposable _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(1, 0)]
    [InlineData(7, 0)]
    [InlineData(32, 0.01)]
    [InlineData(1000, 0.01)]
    [InlineData(0, 0)]
    public void EqualsTheMaterialisedLossAndGradients_WhateverTheChunk(int chunk, double z)
    {
        (Tensor hidden, Tensor head, CaptionTargets targets) = Inputs();
        (CaptionLoss.Compute(hidden, head, targets, 11, chunk, z) * 3).backward();
        Tensor[] chunked = [hidden.grad!.clone(), head.grad!.clone()];
        Tensor loss = CaptionLoss.Compute(hidden, head, targets, 11, chunk, z);
        hidden.grad!.zero_();
        head.grad!.zero_();

        Tensor logits = hidden.matmul(head).view(-1, Vocabulary).index_select(0, targets.Positions);
        Tensor expected = (nn.functional.cross_entropy(logits, targets.Labels, reduction: nn.Reduction.Sum) + (z * logits.logsumexp(1).square().sum())) / 11;
        (expected * 3).backward();

        Shapes.Distance(loss, expected).ShouldBeLessThan(1e-6 * Math.Max(1, expected.item<float>()));
        Shapes.Distance(chunked[0], hidden.grad).ShouldBeLessThan(2e-6);
        Shapes.Distance(chunked[1], head.grad).ShouldBeLessThan(2e-6);
    }

    [Fact]
    public void PartsAddUpToTheWhole_WhenTheDivisorIsGlobal()
    {
        (Tensor hidden, Tensor head, CaptionTargets targets) = Inputs();
        CaptionLoss.Compute(hidden, head, targets, targets.Count).backward();
        Tensor whole = head.grad!.clone();
        head.grad!.zero_();

        Tensor valid = Valid(), ids = Ids();
        double sum = 0;
        foreach ((long start, long rows) in ((long, long)[])[(0, 1), (1, 3), (4, 1)])
        {
            Tensor loss = CaptionLoss.Compute(hidden.narrow(0, start, rows), head, CaptionTargets.From(ids.narrow(0, start, rows), valid.narrow(0, start, rows)), targets.Count);
            loss.backward();
            sum += loss.item<float>();
        }
        sum.ShouldBe(CaptionLoss.Compute(hidden, head, targets, targets.Count).item<float>(), 1e-5);
        Shapes.Distance(whole, head.grad).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void IsZeroWithAGraph_WhenNothingCounts()
    {
        (Tensor hidden, Tensor head, _) = Inputs();
        CaptionTargets none = CaptionTargets.From(Ids(), zeros([Batch, Length + 1], dtype: @bool));
        Tensor loss = CaptionLoss.Compute(hidden, head, none, 10);
        loss.item<float>().ShouldBe(0);
        loss.backward();
        hidden.grad!.abs().sum().item<float>().ShouldBe(0);
    }

    [Fact]
    public void MatchesTheGoldenNumbers()
    {
        Tensor hidden = tensor(new float[] { 1, 2, 3 }).view(1, 1, 3), head = eye(3);
        CaptionTargets targets = new(tensor(new long[] { 0 }), tensor(new long[] { 2 }), 1);
        double plain = CaptionLoss.Compute(hidden, head, targets, 1).item<float>();
        plain.ShouldBe(0.4076059644, 1e-6);
        (CaptionLoss.Compute(hidden, head, targets, 1, zWeight: 1).item<float>() - plain).ShouldBe(11.6117784089, 1e-5);
    }

    [Fact]
    public void TheHostsTargetsAreTheDevices_WhenTextsArePaddedOnTheRight()
    {
        int[] lengths = [3, 0, 10, 1, 7];
        long[] ids = [.. Enumerable.Range(0, Batch * (Length + 1)).Select(i => (long)(i % Vocabulary))];
        var valid = zeros([Batch, Length + 1], dtype: @bool);
        for (int row = 0; row < lengths.Length; row++)
            valid[row].narrow(0, 0, lengths[row]).fill_(true);
        CaptionTargets device = CaptionTargets.From(tensor(ids).view(Batch, Length + 1), valid), host = CaptionTargets.From(ids, lengths, Length + 1);
        host.Count.ShouldBe(2 + 9 + 6);
        host.Count.ShouldBe(device.Count);
        Shapes.Distance(host.Positions, device.Positions).ShouldBe(0);
        Shapes.Distance(host.Labels, device.Labels).ShouldBe(0);
    }

    [Fact]
    public void RefusesADivisorThatCannotBe() =>
        Should.Throw<ArgumentOutOfRangeException>(() => CaptionLoss.Compute(zeros([1, 1, 3]), eye(3), new(zeros([1], dtype: int64), zeros([1], dtype: int64), 1), 0));

    private static (Tensor Hidden, Tensor Head, CaptionTargets Targets) Inputs()
    {
        using Generator generator = new(11);
        return (empty([Batch, Length, Width]).normal_(0, 1, generator).requires_grad_(), empty([Width, Vocabulary]).normal_(0, 0.5, generator).requires_grad_(),
            CaptionTargets.From(Ids(), Valid()));
    }

    private static Tensor Ids() => (arange(Batch * (Length + 1), dtype: int64) * 7 % Vocabulary).view(Batch, Length + 1);

    private static Tensor Valid() => (arange(Batch * (Length + 1), dtype: int64) % 5).ne(3).view(Batch, Length + 1);
}
