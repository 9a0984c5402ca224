using MammutScale.Model.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Vision;

/// <summary>Cuts pictures into patches and maps each to a token: a convolution with stride = kernel, without bias, done as one matrix product.</summary>
internal sealed class PatchEmbedding : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;
    private readonly int _patch;

    public PatchEmbedding(int width, int patch, Placement place) : base(nameof(PatchEmbedding))
    {
        _patch = patch;
        _weight = place.Parameter(width, 3, patch, patch);
        RegisterComponents();
    }

    public Parameter Weight => _weight;

    /// <summary>[B, 3, H, W] to [B, patches, width], patches row by row.</summary>
    public Tensor Apply(Tensor images)
    {
        (long batch, long rows, long columns) = (images.shape[0], images.shape[2] / _patch, images.shape[3] / _patch);
        Tensor patches = images.to(_weight.dtype).view(batch, 3, rows, _patch, columns, _patch)
            .permute(0, 2, 4, 1, 3, 5).reshape(batch, rows * columns, 3 * _patch * _patch);
        return Products.Linear(patches, _weight.flatten(1));
    }
}
