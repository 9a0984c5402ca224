using MammutScale.Model.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Text;

/// <summary>A vector for every token of the vocabulary.</summary>
internal sealed class TokenEmbedding : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    public TokenEmbedding(int vocabulary, int width, Placement place) : base(nameof(TokenEmbedding))
    {
        _weight = place.Parameter(vocabulary, width);
        RegisterComponents();
    }

    /// <summary>[B, L] to [B, L, d].</summary>
    public Tensor Apply(Tensor ids) => _weight.index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], _weight.shape[1]);
}
