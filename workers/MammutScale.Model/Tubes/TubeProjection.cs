using MammutScale.Model.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Tubes;

/// <summary>Maps the boxes of one tube to tokens: a 3D convolution without bias or padding, done as one matrix product; neighbours may be joined to one token.</summary>
internal sealed class TubeProjection : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;
    private readonly Tube _tube;

    public TubeProjection(int width, Tube tube, Placement place) : base(nameof(TubeProjection))
    {
        _tube = tube;
        _weight = place.Parameter(width / tube.Joined.Volume, 3, tube.Size.Frames, tube.Size.Rows, tube.Size.Columns);
        RegisterComponents();
    }

    public Parameter Weight => _weight;

    /// <summary>Frames [B, T, 3, H, W] to [B, tokens, w]: by frame, then row, then column. Null where the clip holds none.</summary>
    public Tensor? Apply(Tensor frames)
    {
        Extent clip = new((int)frames.shape[1], (int)frames.shape[3], (int)frames.shape[4]);
        (Extent grid, Extent joined, Extent size, Extent step, Extent offset) = (_tube.Grid(clip), _tube.Joined, _tube.Size, _tube.Step, _tube.Offset);
        if (grid.Volume == 0)
            return null;
        (long batch, int t, int y, int x) = (frames.shape[0], grid.Frames * joined.Frames, grid.Rows * joined.Rows, grid.Columns * joined.Columns);
        Tensor boxes = frames.to(_weight.dtype)
            .narrow(1, offset.Frames, clip.Frames - offset.Frames).unfold(1, size.Frames, step.Frames).narrow(1, 0, t)
            .narrow(3, offset.Rows, clip.Rows - offset.Rows).unfold(3, size.Rows, step.Rows).narrow(3, 0, y)
            .narrow(4, offset.Columns, clip.Columns - offset.Columns).unfold(4, size.Columns, step.Columns).narrow(4, 0, x);
        // [B, t, 3, y, x, frames, rows, columns]
        Tensor projected = Products.Linear(boxes.permute(0, 1, 3, 4, 2, 5, 6, 7).reshape(batch, t * y * x, -1), _weight.flatten(1));
        return joined.Volume == 1
            ? projected
            : projected.view(batch, grid.Frames, joined.Frames, grid.Rows, joined.Rows, grid.Columns, joined.Columns, -1)
                .permute(0, 1, 3, 5, 2, 4, 6, 7).reshape(batch, grid.Volume, -1);
    }
}
