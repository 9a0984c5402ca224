using static TorchSharp.torch;

namespace MammutScale.Model.Layers;

/// <summary>Additive masks: 0 where a query may look, −∞ where not.</summary>
internal static class AttentionMasks
{
    /// <summary>[length, keys]; the last query sees all keys.</summary>
    public static Tensor Causal(long length, long keys, ScalarType dtype, Device device) =>
        full([length, keys], float.NegativeInfinity, dtype: dtype, device: device).triu_(keys - length + 1);

    /// <summary>[B, 1, 1, L] from validity [B, L] (bool).</summary>
    public static Tensor Keys(Tensor valid, ScalarType dtype) =>
        zeros(valid.shape, dtype: dtype, device: valid.device).masked_fill_(valid.logical_not(), float.NegativeInfinity).unsqueeze(1).unsqueeze(1);
}
