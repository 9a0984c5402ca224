using MammutScale.Model.Layers;
using static TorchSharp.torch;

namespace MammutScale.Model.Vision;

/// <summary>
/// ViTDet's windowed attention: patches attend within square windows. Each window has a copy of the class token, and the copies
/// are averaged afterwards; windows that reach over the edge hide what lies beyond it.
/// </summary>
internal sealed class AttentionWindows
{
    private readonly long _count;
    private readonly long _length;
    private readonly Tensor _split;
    private readonly Tensor _join;
    private readonly Tensor? _hidden;

    /// <param name="rows">Patches down.</param>
    /// <param name="columns">Patches across.</param>
    /// <param name="window">Patches along a window's side.</param>
    /// <param name="device">Where indices live.</param>
    public AttentionWindows(int rows, int columns, int window, Device device)
    {
        (int down, int across) = ((rows + window - 1) / window, (columns + window - 1) / window);
        (_count, _length) = (down * across, 1 + (window * window));
        var split = new long[_count * _length];
        var valid = new bool[split.Length];
        var join = new long[rows * columns];
        for (int place = 0; place < split.Length; place++)
        {
            int inside = place % (int)_length, at = place / (int)_length;
            int row = (at / across * window) + ((inside - 1) / window), column = (at % across * window) + ((inside - 1) % window);
            valid[place] = inside == 0 || (row < rows && column < columns);
            if (inside == 0 || !valid[place])
                continue; // the class token comes first
            split[place] = 1 + (row * columns) + column;
            join[(row * columns) + column] = place;
        }
        _split = tensor(split, device: device);
        _join = tensor(join, device: device);
        _hidden = valid.All(v => v) ? null : tensor(valid, [1, _count, _length], device: device);
    }

    /// <summary>Runs a block on windows of [B, 1 + patches, w].</summary>
    public Tensor Run(Tensor x, SelfBlock block)
    {
        (long batch, long width) = (x.shape[0], x.shape[2]);
        Tensor? mask = _hidden is null ? null : AttentionMasks.Keys(_hidden.expand(batch, _count, _length).reshape(batch * _count, _length), x.dtype);
        Tensor windows = block.Apply(x.index_select(1, _split).view(batch * _count, _length, width), mask);
        Tensor classes = windows.view(batch, _count, _length, width).select(2, 0).mean([1], keepdim: true);
        return cat([classes, windows.view(batch, _count * _length, width).index_select(1, _join)], 1);
    }
}
