using static TorchSharp.torch;

namespace MammutScale.Model.Generation;

/// <summary>Sequences that grow together, and what may come next in each.</summary>
internal interface INextTokens
{
    /// <summary>Appends tokens to the sequences.</summary>
    /// <param name="ids">[R, n] int64.</param>
    /// <returns>Logits of the token after the last one, [R, V] float32.</returns>
    Tensor Append(Tensor ids);

    /// <summary>Sequence r becomes what sequence <paramref name="from"/>[r] is; both belong to the same picture.</summary>
    void Reorder(long[] from);
}
