using static TorchSharp.torch;

namespace MammutScale.Model;

/// <summary>Hears, during the backward pass, that a block is behind it.</summary>
public interface IBackwardMarkers
{
    /// <summary>
    /// Called in the forward pass on the input of a block (<see cref="BlockNames"/>); returns x as an identity whose backward
    /// runs when all gradients of this use of the block have been accumulated. A block that is used more than once in a
    /// forward pass is marked once for each use.
    /// </summary>
    Tensor Mark(string block, Tensor x);
}
