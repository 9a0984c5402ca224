using MammutScale.Model.Generation;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Generation;

/// <summary>A language model written down: after a text, the probability of each next token.</summary>
internal sealed class ScriptedTokens(int sequences, int vocabulary, Func<string, Dictionary<long, double>> next) : INextTokens
{
    private string[] _texts = [.. Enumerable.Repeat("", sequences)];

    public static NextTokenRules Rules(int maxLength = 8, int minLength = 0) => new(Eos: 9, Pad: 0, Bos: 8, maxLength, minLength);

    public static Prompts Prompts(int count = 1) => new([.. Enumerable.Repeat(new long[] { 8 }, count)]);

    public Tensor Append(Tensor ids)
    {
        var logits = new float[_texts.Length, vocabulary];
        for (int row = 0; row < _texts.Length; row++)
        {
            _texts[row] += string.Concat(ids[row].data<long>().ToArray());
            Dictionary<long, double> script = next(_texts[row]);
            for (int token = 0; token < vocabulary; token++)
                logits[row, token] = (float)Math.Log(script.GetValueOrDefault(token, 0));
        }
        return tensor(logits);
    }

    public void Reorder(long[] from) => _texts = [.. from.Select(row => _texts[row])];
}
