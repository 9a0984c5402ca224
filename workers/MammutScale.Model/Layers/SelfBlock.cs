using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Layers;

/// <summary>x + attn(ln_1(x)), then x + mlp(ln_2(x)); the second half may be missing.</summary>
internal sealed class SelfBlock : nn.Module
{
    [ComponentName(Name = "ln_1")]
    private readonly LayerNorm _norm1;

    [ComponentName(Name = "attn")]
    private readonly Attention _attention;

    [ComponentName(Name = "ln_2")]
    private readonly LayerNorm? _norm2;

    [ComponentName(Name = "mlp")]
    private readonly Mlp? _mlp;

    public SelfBlock(int width, int heads, int hidden, Activation activation, bool hasMlp, Placement place) : base(nameof(SelfBlock))
    {
        _norm1 = new(width, place);
        _attention = new(width, heads, place);
        if (hasMlp)
        {
            _norm2 = new(width, place);
            _mlp = new(width, hidden, activation, place);
        }
        RegisterComponents();
    }

    /// <summary>Query, key and value of x, normed: each [B, H, L, D].</summary>
    public (Tensor Query, Tensor Key, Tensor Value) Project(Tensor x) => _attention.Project(_norm1.Apply(x));

    /// <summary>x [B, L, d] through the whole block.</summary>
    public Tensor Apply(Tensor x, Tensor? mask = null, bool causal = false)
    {
        (Tensor q, Tensor k, Tensor v) = Project(x);
        return Finish(x, ScaledAttention.Apply(q, k, v, mask, causal));
    }

    /// <summary>The rest of the block from the attended values [B, L, d] on.</summary>
    public Tensor Finish(Tensor x, Tensor attended)
    {
        // the sums reuse the projections' fresh outputs, which no backward formula needs
        Tensor y = _attention.Output(attended).add_(x);
        return _mlp is null ? y : _mlp.Apply(_norm2!.Apply(y)).add_(y);
    }
}
