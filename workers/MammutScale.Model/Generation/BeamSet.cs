namespace MammutScale.Model.Generation;

/// <summary>The sequences of one picture in a beam search: those that go on and the best that have ended.</summary>
internal sealed class BeamSet
{
    private readonly int _beams;
    private readonly double _lengthPenalty;
    private readonly int _longest;
    private readonly List<GeneratedCaption> _ended = [];
    private List<Beam> _going = [new([], 0)];

    /// <param name="beams">Sequences kept.</param>
    /// <param name="lengthPenalty">Exponent of the length.</param>
    /// <param name="longest">Tokens that fit after the prompt, eos included.</param>
    public BeamSet(int beams, double lengthPenalty, int longest)
    {
        (_beams, _lengthPenalty, _longest) = (beams, lengthPenalty, longest);
        Parents = new int[beams];
    }

    private sealed record Beam(long[] Ids, double LogProbability);

    private readonly record struct Continuation(int Parent, long Token, double LogProbability);

    /// <summary>No sequence that goes on can still become one of the best.</summary>
    public bool Done { get; private set; }

    /// <summary>Tokens after the prompt.</summary>
    public int Length { get; private set; }

    /// <summary>For each beam the beam of the step before that it continues.</summary>
    public int[] Parents { get; }

    /// <summary>The last token of a beam; a beam that holds nothing has <paramref name="pad"/>.</summary>
    public long Last(int beam, long pad) => beam < _going.Count ? _going[beam].Ids[^1] : pad;

    /// <summary>One token more.</summary>
    /// <param name="offered">LikelyTokens of all rows.</param>
    /// <param name="first">The row of this picture's first beam.</param>
    /// <param name="eos">The token that ends a sequence.</param>
    public void Advance(LikelyTokens offered, int first, long eos)
    {
        List<Beam> going = [];
        Length++;
        Array.Clear(Parents);
        int rank = 0;
        foreach (Continuation next in Continuations(offered, first).OrderByDescending(c => c.LogProbability).Take(2 * _beams))
        {
            Beam parent = _going[next.Parent];
            if (next.Token == eos)
            {
                // an end that no beam would have followed is none: one beam is greedy decoding
                if (rank < _beams)
                    End(parent.Ids, true, next.LogProbability);
            }
            else if (going.Count < _beams)
            {
                Parents[going.Count] = next.Parent;
                going.Add(new([.. parent.Ids, next.Token], next.LogProbability));
            }
            rank++;
        }
        _going = going;
        Done = going.Count == 0 || (_ended.Count == _beams && Bound(going[0].LogProbability) <= _ended[^1].Score);
    }

    /// <summary>The best, best first; sequences that ran out of length count like ended ones.</summary>
    public GeneratedCaption[] Best()
    {
        if (!Done)
        {
            foreach (Beam sequence in _going)
                End(sequence.Ids, false, sequence.LogProbability);
        }
        return [.. _ended];
    }

    private IEnumerable<Continuation> Continuations(LikelyTokens offered, int first)
    {
        for (int beam = 0; beam < _going.Count; beam++)
        {
            for (int i = 0; i < offered.PerRow; i++)
            {
                int at = ((first + beam) * offered.PerRow) + i;
                if (offered.LogProbabilities[at] > float.NegativeInfinity)
                    yield return new(beam, offered.Ids[at], _going[beam].LogProbability + offered.LogProbabilities[at]);
            }
        }
    }

    private void End(long[] ids, bool ended, double logProbability)
    {
        double score = logProbability / Math.Pow(Length, _lengthPenalty);
        int place = _ended.FindIndex(other => other.Score < score);
        _ended.Insert(place < 0 ? _ended.Count : place, new(ids, ended, logProbability, score));
        if (_ended.Count > _beams)
            _ended.RemoveAt(_beams);
    }

    // log-probabilities only fall; dividing by a power of the length helps most at the end, or hurts least at once
    private double Bound(double logProbability) =>
        logProbability / Math.Pow(_lengthPenalty > 0 ? _longest : Length + 1, _lengthPenalty);
}
