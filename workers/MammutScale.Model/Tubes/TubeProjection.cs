using MammutScale.Model.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Tubes;

/// <summary>Maps the boxes of one tube to tokens: a 3D convolution without bias or padding, done as one matrix product.</summary>
internal sealed class TubeProjection : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;
    private readonly Tube _tube;

    public TubeProjection(int width, Tube tube, Placement place) : base(nameof(TubeProjection))
    {
        _tube = tube;
        _weight = place.Parameter(width, 3, tube.Size.Frames, tube.Size.Rows, tube.Size.Columns);
        RegisterComponents();
    }

    public Parameter Weight => _weight;

    /// <summary>Frames [B, T, 3, H, W] to [B, boxes, w]: by frame, then row, then column. Null where the clip holds no box.</summary>
    public Tensor? Apply(Tensor frames)
    {
        Extent clip = new((int)frames.shape[1], (int)frames.shape[3], (int)frames.shape[4]);
        (Extent size, Extent stride, Extent offset) = _tube;
        int tokens = _tube.Tokens(clip);
        if (tokens == 0)
            return null;
        Tensor boxes = frames.to(_weight.dtype)
            .narrow(1, offset.Frames, clip.Frames - offset.Frames)
            .narrow(3, offset.Rows, clip.Rows - offset.Rows)
            .narrow(4, offset.Columns, clip.Columns - offset.Columns)
            .unfold(1, size.Frames, stride.Frames).unfold(3, size.Rows, stride.Rows).unfold(4, size.Columns, stride.Columns);
        // [B, t, 3, y, x, frames, rows, columns]
        return nn.functional.linear(boxes.permute(0, 1, 3, 4, 2, 5, 6, 7).reshape(frames.shape[0], tokens, -1), _weight.flatten(1));
    }
}
