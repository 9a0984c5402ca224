using static TorchSharp.torch;

namespace MammutScale.Model.Detection;

/// <summary>Something found in a picture.</summary>
/// <param name="Box">Where, in pixels.</param>
/// <param name="Class">Index of its class.</param>
/// <param name="Score">0 to 1.</param>
public readonly record struct DetectedObject(ImageBox Box, int Class, float Score);

/// <summary>What a picture shows, for training.</summary>
/// <param name="Boxes">Its objects, in pixels, none empty.</param>
/// <param name="Classes">Class of each.</param>
public sealed record PictureObjects(IReadOnlyList<ImageBox> Boxes, IReadOnlyList<int> Classes);

/// <summary>The losses of a step, each a scalar with gradient.</summary>
/// <param name="Centreness">Proposals: cross-entropy of centreness over all locations, per location inside an object.</param>
/// <param name="ProposalBoxes">Proposals: 1 − GIoU, weighted by centreness.</param>
/// <param name="Classification">Box head: softmax over classes and background.</param>
/// <param name="Boxes">Box head: smooth L1 of the box codes.</param>
public sealed record DetectionLosses(Tensor Centreness, Tensor ProposalBoxes, Tensor Classification, Tensor Boxes)
{
    public Tensor Sum() => Centreness + ProposalBoxes + Classification + Boxes;
}
