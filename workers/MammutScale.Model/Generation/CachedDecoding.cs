using MammutScale.Model.Layers;
using MammutScale.Model.Text;
using static TorchSharp.torch;

namespace MammutScale.Model.Generation;

/// <summary>
/// Incremental decoding: keys and values of earlier tokens (self-attention) and of the picture (cross-attention) are kept, each
/// token goes through the decoder once. The sequences of one picture look at one copy of its keys and values.
/// </summary>
internal sealed class CachedDecoding : INextTokens, IDisposable
{
    private readonly Mammut _model;
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly (Tensor Key, Tensor Value)?[] _pictures;
    private readonly long _sequences;
    private readonly long _pictureCount;
    private long _length;

    /// <param name="model">The model.</param>
    /// <param name="imageTokens">[B, N, w].</param>
    /// <param name="sequencesPerPicture">R = B times this; the sequences of a picture are neighbours.</param>
    /// <param name="capacity">Longest sequence that will be appended.</param>
    public CachedDecoding(Mammut model, Tensor imageTokens, int sequencesPerPicture, int capacity)
    {
        _model = model;
        TextDecoder decoder = model.Decoder;
        _pictureCount = imageTokens.shape[0];
        _sequences = _pictureCount * sequencesPerPicture;
        (long heads, long width) = (model.Config.Text.Heads, model.Config.Text.HeadWidth);
        _keys = [.. Enumerable.Range(0, decoder.Layers).Select(_ => Space())];
        _values = [.. Enumerable.Range(0, decoder.Layers).Select(_ => Space())];
        using var scope = NewDisposeScope();
        Tensor memory = model.Bridge(imageTokens);
        _pictures = [.. Enumerable.Range(0, decoder.Layers).Select(layer => decoder.CrossBlockAfter(layer)?.KeyValue(memory))];
        foreach ((Tensor key, Tensor value) in _pictures.OfType<(Tensor, Tensor)>())
        {
            key.DetachFromDisposeScope();
            value.DetachFromDisposeScope();
        }

        Tensor Space()
        {
            Tensor space = empty([_sequences, heads, capacity, width], dtype: model.Dtype, device: model.Device);
            space.DetachFromDisposeScope();
            return space;
        }
    }

    public Tensor Append(Tensor ids)
    {
        using var scope = NewDisposeScope();
        TextDecoder decoder = _model.Decoder;
        (long added, long total) = (ids.shape[1], _length + ids.shape[1]);
        Tensor x = decoder.Embed(ids, _length);
        Tensor? mask = added == 1 ? null : AttentionMasks.Causal(added, total, x.dtype, x.device);
        for (int layer = 0; layer < decoder.Layers; layer++)
        {
            SelfBlock block = decoder.Block(layer);
            (Tensor query, Tensor key, Tensor value) = block.Project(x);
            _keys[layer].narrow(2, _length, added).copy_(key);
            _values[layer].narrow(2, _length, added).copy_(value);
            x = block.Finish(x, ScaledAttention.Apply(query, _keys[layer].narrow(2, 0, total), _values[layer].narrow(2, 0, total), mask));
            if (_pictures[layer] is { } picture)
            {
                // a picture's sequences are one long row of queries: nothing is hidden from any of them
                long width = x.shape[2];
                x = decoder.CrossBlockAfter(layer)!.Attend(x.reshape(_pictureCount, -1, width), picture.Key, picture.Value).view(_sequences, added, width);
            }
        }
        _length = total;
        return _model.CaptionLogits(decoder.FinalNorm(x.narrow(1, added - 1, 1)).squeeze(1)).MoveToOuterDisposeScope();
    }

    public void Reorder(long[] from)
    {
        if (from.Select((source, row) => source == row).All(same => same))
            return;
        using var scope = NewDisposeScope();
        Tensor order = tensor(from, device: _model.Device);
        foreach (Tensor space in _keys.Concat(_values))
        {
            Tensor used = space.narrow(2, 0, _length);
            used.copy_(used.index_select(0, order));
        }
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _keys.Concat(_values).Concat(_pictures.OfType<(Tensor Key, Tensor Value)>().SelectMany(p => new[] { p.Key, p.Value })))
            tensor.Dispose();
    }
}
