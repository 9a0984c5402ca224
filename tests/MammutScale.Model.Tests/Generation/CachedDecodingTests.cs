using MammutScale.Model.Generation;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Generation;

[Collection("torch")]
public sealed class CachedDecodingTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();
    private readonly IDisposable _gradient = no_grad();

    public void Dispose()
    {
        _gradient.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LogitsOfEveryStepEqualFullRecomputation(bool fork)
    {
        MammutConfig config = fork ? Shapes.Fork with { Text = Shapes.Fork.Text with { HasMlp = false } } : Shapes.Modern;
        using Mammut model = Shapes.Disturbed(config);
        Tensor tokens = model.EncodeImage(Shapes.Images(config, 2)).Tokens;
        const int Each = 3;
        using CachedDecoding cached = new(model, tokens, Each, config.Text.ContextLength);
        FullDecoding full = new(model, tokens, Each);
        Random random = new(5);
        Both(Draw(3));
        long[][] orders = [[0, 1, 2, 3, 4, 5], [2, 0, 0, 5, 4, 3], [1, 1, 1, 3, 3, 4], [0, 2, 1, 5, 5, 5], [0, 0, 1, 3, 4, 4]];
        foreach (long[] order in orders)
        {
            cached.Reorder(order);
            full.Reorder(order);
            Both(Draw(1));
        }

        Tensor Draw(int count) =>
            tensor(Enumerable.Range(0, 2 * Each * count).Select(_ => (long)random.Next(1, config.Text.VocabSize)).ToArray(), [2 * Each, count]);

        void Both(Tensor ids)
        {
            Tensor expected = full.Append(ids);
            expected.shape.ShouldBe([2 * Each, config.Text.VocabSize]);
            Shapes.Distance(cached.Append(ids), expected).ShouldBeLessThan(1e-5);
            // the sequences differ, so a mix-up of rows would show
            Shapes.Distance(expected[0], expected[1]).ShouldBeGreaterThan(1e-3);
        }
    }

    [Fact]
    public void LogitsAgreeAsFarAsBfloat16Goes()
    {
        using Mammut model = new(Shapes.Modern, 3, ScalarType.BFloat16);
        Tensor tokens = model.EncodeImage(Shapes.Images(Shapes.Modern, 2)).Tokens;
        using CachedDecoding cached = new(model, tokens, 1, 8);
        FullDecoding full = new(model, tokens, 1);
        foreach (long[] next in new[] { [35, 35], [4, 9], [20, 11], new long[] { 7, 30 } })
        {
            Tensor ids = tensor(next, [2, 1]), expected = full.Append(ids);
            expected.dtype.ShouldBe(float32);
            Shapes.Distance(cached.Append(ids), expected).ShouldBeLessThan(0.03 * expected.abs().max().item<float>());
        }
    }

    [Fact]
    public void NothingIsLeftBehind()
    {
        using Mammut model = Shapes.Disturbed(Shapes.Modern);
        CaptionGenerator generator = new(model);
        Tensor tokens = model.EncodeImage(Shapes.Images(Shapes.Modern, 2)).Tokens;
        GenerationOptions options = new() { Method = GenerationMethod.Beam, BosId = 35, EosId = 36 };
        generator.Generate(tokens, options);
        long before = Tensor.TotalCount;
        for (int i = 0; i < 3; i++)
            generator.Generate(tokens, options);
        Tensor.TotalCount.ShouldBe(before);
    }
}
