using static TorchSharp.torch;

namespace MammutScale.Model;

/// <summary>What the image encoder makes of a batch of pictures.</summary>
/// <param name="Features">The embedding, length 1, [B, E] float32.</param>
/// <param name="Tokens">What cross-attention looks at, [B, N, w].</param>
public sealed record ImageEncoding(Tensor Features, Tensor Tokens);

/// <summary>What the decoder's two passes make of a batch of texts.</summary>
/// <param name="Features">Contrastive pass: the embedding, length 1, [B, E] float32.</param>
/// <param name="Hidden">Captioning pass: the state that predicts token t+1 from tokens 0…t and the picture, [B, L−1, d].</param>
public sealed record TextEncoding(Tensor Features, Tensor Hidden);
