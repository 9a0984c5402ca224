using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Layers;

/// <summary>A block whose queries come from the text and whose keys and values come from the image, with its own MLP.</summary>
internal sealed class CrossBlock : nn.Module
{
    [ComponentName(Name = "ln_1")]
    private readonly LayerNorm _norm1;

    [ComponentName(Name = "ln_1_kv")]
    private readonly LayerNorm _normMemory;

    [ComponentName(Name = "attn")]
    private readonly Attention _attention;

    [ComponentName(Name = "ln_2")]
    private readonly LayerNorm _norm2;

    [ComponentName(Name = "mlp")]
    private readonly Mlp _mlp;

    public CrossBlock(int width, int heads, int hidden, Activation activation, Placement place) : base(nameof(CrossBlock))
    {
        _norm1 = new(width, place);
        _normMemory = new(width, place);
        _attention = new(width, heads, place);
        _norm2 = new(width, place);
        _mlp = new(width, hidden, activation, place);
        RegisterComponents();
    }

    /// <summary>Key and value of the bridged image tokens [B, N, d]: each [B, H, N, D]; the same for every text position.</summary>
    public (Tensor Key, Tensor Value) KeyValue(Tensor memory) => _attention.KeyValue(_normMemory.Apply(memory));

    /// <summary>x [B, L, d] looks at the bridged image tokens [B, N, d].</summary>
    public Tensor Apply(Tensor x, Tensor memory, Tensor? mask = null)
    {
        (Tensor key, Tensor value) = KeyValue(memory);
        return Attend(x, key, value, mask);
    }

    /// <summary>The same with keys and values computed before.</summary>
    public Tensor Attend(Tensor x, Tensor key, Tensor value, Tensor? mask = null)
    {
        Tensor y = _attention.Output(ScaledAttention.Apply(_attention.Query(_norm1.Apply(x)), key, value, mask)).add_(x);
        return _mlp.Apply(_norm2.Apply(y)).add_(y);
    }
}
