using TorchSharp;
using static TorchSharp.torch;

namespace MammutScale.Model.Layers;

/// <summary>softmax(q kᵀ / √d + mask) v, by the way that is fastest for dtype and device.</summary>
internal static class ScaledAttention
{
    /// <param name="query">[B, H, L, D].</param>
    /// <param name="key">[B, H, M, D].</param>
    /// <param name="value">[B, H, M, D].</param>
    /// <param name="mask">Added to the scores, broadcast to [B, H, L, M]; null = none.</param>
    /// <param name="causal">Position i sees keys 0…i only.</param>
    /// <returns>[B, L, H·D].</returns>
    public static Tensor Apply(Tensor query, Tensor key, Tensor value, Tensor? mask = null, bool causal = false)
    {
        return Heads(query, key, value, mask, causal).transpose(1, 2).flatten(2);
    }

    private static Tensor Heads(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal)
    {
        if (Products.Widens(query))
            return Fused(query.to(float32), key.to(float32), value.to(float32), mask?.to(float32), causal).to(query.dtype);
        // on CPU the fused kernel wins in float32; in bfloat16 the plain form is up to three times faster
        bool plain = query.dtype == ScalarType.BFloat16 && query.device_type == DeviceType.CPU;
        return plain ? Plain(query, key, value, mask, causal) : Fused(query, key, value, mask, causal);
    }

    private static Tensor Fused(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal) =>
        nn.functional.scaled_dot_product_attention(query, key, value, attn_mask: mask!, is_casual: causal);

    /// <summary>The textbook form; softmax statistics in float32.</summary>
    internal static Tensor Plain(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal)
    {
        Tensor scores = (query * (1 / Math.Sqrt(query.shape[^1]))).matmul(key.transpose(-2, -1));
        if (mask is not null)
            scores = scores.add_(mask);
        if (causal)
            scores = scores.add_(AttentionMasks.Causal(query.shape[^2], key.shape[^2], scores.dtype, scores.device));
        return scores.softmax(-1).matmul(value);
    }
}
