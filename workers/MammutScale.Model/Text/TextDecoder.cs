using MammutScale.Model.Configuration;
using MammutScale.Model.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using LayerNorm = MammutScale.Model.Layers.LayerNorm;

namespace MammutScale.Model.Text;

/// <summary>
/// The text decoder. Contrastive pass: every position sees every valid position, no picture. Captioning pass: causal, and
/// cross-attention blocks look at the picture. Both use the same self-attention blocks.
/// </summary>
internal sealed class TextDecoder : nn.Module
{
    [ComponentName(Name = "token_embedding")]
    private readonly TokenEmbedding _tokens;

    [ComponentName(Name = "positional_embedding")]
    private readonly Parameter _positions;

    [ComponentName(Name = "resblocks")]
    private readonly ModuleList<SelfBlock> _blocks;

    [ComponentName(Name = "cross_attn")]
    private readonly ModuleList<CrossBlock> _crossBlocks;

    [ComponentName(Name = "ln_final")]
    private readonly LayerNorm _finalNorm;

    [ComponentName(Name = "lm_head")]
    private readonly Parameter? _vocabularyHead;

    // the vocabulary head in the fork's layout, the contrastive projection (if any) in open_clip's
    [ComponentName(Name = "text_projection")]
    private readonly Parameter? _textProjection;
    private readonly TextConfig _config;
    private readonly int[] _crossAfter;
    private readonly BlockRun _run;

    public TextDecoder(MammutConfig config, BlockRun run, Placement place) : base(nameof(TextDecoder))
    {
        TextConfig text = _config = config.Text;
        _run = run;
        int[] crossLayers = CrossPlacement.Layers(config);
        _crossAfter = [.. Enumerable.Range(0, text.Layers).Select(i => Array.IndexOf(crossLayers, i))];
        _tokens = new(text.VocabSize, text.Width, place);
        _positions = place.Parameter(text.ContextLength, text.Width);
        _blocks = new([.. _crossAfter.Select(cross =>
            new SelfBlock(text.Width, text.Heads, text.MlpWidth, config.Activation, text.HasMlp || cross < 0, place))]);
        _crossBlocks = new([.. crossLayers.Select(_ => new CrossBlock(text.Width, text.Heads, text.MlpWidth, config.Activation, place))]);
        _finalNorm = new(text.Width, place);
        if (config.Layout == ModelLayout.OpenClipMammut)
        {
            _textProjection = place.Parameter(text.Width, text.VocabSize);
        }
        else
        {
            _vocabularyHead = place.Parameter(text.Width, text.VocabSize);
            if (text.Projection == TextProjection.Linear)
                _textProjection = place.Parameter(text.Width, config.EmbedDim);
        }
        RegisterComponents();
    }

    /// <summary>Maps hidden states to logits over the vocabulary, [d, V].</summary>
    public Parameter VocabularyHead => _vocabularyHead ?? _textProjection!;

    public int Layers => _config.Layers;

    public SelfBlock Block(int layer) => _blocks[layer];

    /// <summary>The cross-attention block that runs after a layer, or null.</summary>
    public CrossBlock? CrossBlockAfter(int layer) => _crossAfter[layer] < 0 ? null : _crossBlocks[_crossAfter[layer]];

    /// <summary>Tokens [B, L] with their positions, the first at position <paramref name="start"/>: [B, L, d].</summary>
    public Tensor Embed(Tensor ids, long start = 0) => _tokens.Apply(ids).add_(_positions.narrow(0, start, ids.shape[1]));

    public Tensor FinalNorm(Tensor x) => _finalNorm.Apply(_run.Enter(BlockNames.TextHead, x));

    /// <summary>The contrastive pass: [B, L] to the pooled vector, [B, E], not normalised, float32.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="valid">Which positions are text, bool.</param>
    public Tensor Contrastive(Tensor ids, Tensor valid)
    {
        Tensor x = Embed(ids);
        Tensor? mask = _config.UsePadMask ? AttentionMasks.Keys(valid, x.dtype) : null;
        for (int i = 0; i < Layers; i++)
        {
            SelfBlock block = _blocks[i];
            x = _run.Run(BlockNames.Text(i), x, y => block.Apply(y, mask));
        }
        return Pool(FinalNorm(x), valid);
    }

    /// <summary>The captioning pass: [B, L] and bridged image tokens [B, N, d] to hidden states [B, L, d].</summary>
    public Tensor Caption(Tensor ids, Tensor memory)
    {
        Tensor x = Embed(ids);
        for (int i = 0; i < Layers; i++)
        {
            SelfBlock block = _blocks[i];
            x = _run.Run(BlockNames.Text(i), x, y => block.Apply(y, causal: true));
            x = Cross(i, x, memory);
        }
        return FinalNorm(x);
    }

    /// <summary>Both passes through the self-attention blocks as one batch of 2 B texts: the contrastive half first.</summary>
    /// <returns>Pooled [B, E] and hidden [B, L, d].</returns>
    public (Tensor Pooled, Tensor Hidden) Both(Tensor ids, Tensor valid, Tensor memory)
    {
        (long batch, long length) = (ids.shape[0], ids.shape[1]);
        Tensor x = Embed(ids);
        Tensor causal = AttentionMasks.Causal(length, length, x.dtype, x.device).expand(batch, 1, length, length);
        Tensor keys = _config.UsePadMask ? AttentionMasks.Keys(valid, x.dtype) : zeros([1], dtype: x.dtype, device: x.device);
        Tensor mask = cat([keys.expand(batch, 1, length, length), causal], 0);
        for (int i = 0; i < Layers; i++)
        {
            SelfBlock block = _blocks[i];
            // before the first attention both halves are equal: project once
            x = _run.Run(BlockNames.Text(i), x, i == 0 ? y => Fork(block, y, mask) : y => block.Apply(y, mask));
            if (_crossAfter[i] >= 0)
                x = cat([x.narrow(0, 0, batch), Cross(i, x.narrow(0, batch, batch), memory)], 0);
        }
        Tensor normed = FinalNorm(x);
        return (Pool(normed.narrow(0, 0, batch), valid), normed.narrow(0, batch, batch));
    }

    private static Tensor Fork(SelfBlock block, Tensor x, Tensor mask)
    {
        (Tensor q, Tensor k, Tensor v) = block.Project(x);
        Tensor attended = ScaledAttention.Apply(cat([q, q], 0), cat([k, k], 0), cat([v, v], 0), mask);
        return block.Finish(cat([x, x], 0), attended);
    }

    private Tensor Cross(int layer, Tensor x, Tensor memory)
    {
        int index = _crossAfter[layer];
        if (index < 0)
            return x;
        CrossBlock block = _crossBlocks[index];
        return _run.Run(BlockNames.Cross(index), x, memory, (y, m) => block.Apply(y, m));
    }

    private Tensor Pool(Tensor hidden, Tensor valid)
    {
        Tensor states = hidden.to(float32);
        Tensor pooled;
        if (_config.Pool == TextPool.AvgAll)
        {
            pooled = states.mean([1]);
        }
        else
        {
            Tensor weights = valid.to(float32);
            pooled = (states * (weights / weights.sum(1, keepdim: true)).unsqueeze(-1)).sum(1);
        }
        return _config.Projection == TextProjection.Linear ? Products.Multiply(pooled.to(_textProjection!.dtype), _textProjection).to(float32) : pooled;
    }
}
