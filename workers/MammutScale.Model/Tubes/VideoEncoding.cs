using static TorchSharp.torch;

namespace MammutScale.Model.Tubes;

/// <summary>What the encoder makes of a batch of clips; used like an <see cref="ImageEncoding"/>.</summary>
/// <param name="Features">The embedding, length 1, [B, E] float32.</param>
/// <param name="Tokens">What cross-attention looks at, [B, N, w]: sparse patches first, then each tube's tokens.</param>
public sealed record VideoEncoding(Tensor Features, Tensor Tokens);
