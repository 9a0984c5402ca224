using static TorchSharp.torch;

namespace MammutScale.Model.Generation;

/// <summary>The plain way: the whole captioning pass for every token. What <see cref="CachedDecoding"/> must equal.</summary>
internal sealed class FullDecoding(Mammut model, Tensor imageTokens, int sequencesPerPicture) : INextTokens
{
    private readonly List<List<long>> _sequences = [.. Enumerable.Range(0, (int)imageTokens.shape[0] * sequencesPerPicture).Select(_ => new List<long>())];

    public Tensor Append(Tensor ids)
    {
        using var scope = NewDisposeScope();
        long[] added = ids.cpu().data<long>().ToArray();
        int count = (int)ids.shape[1];
        for (int row = 0; row < _sequences.Count; row++)
            _sequences[row].AddRange(added.AsSpan(row * count, count));
        Tensor all = tensor(_sequences.SelectMany(s => s).ToArray(), [_sequences.Count, _sequences[0].Count], device: model.Device);
        Tensor hidden = model.CaptionHidden(all, imageTokens.repeat_interleave(sequencesPerPicture, 0));
        return model.CaptionLogits(hidden.select(1, hidden.shape[1] - 1)).MoveToOuterDisposeScope();
    }

    public void Reorder(long[] from)
    {
        List<long>[] before = [.. _sequences];
        for (int row = 0; row < before.Length; row++)
            _sequences[row] = [.. before[from[row]]];
    }
}
