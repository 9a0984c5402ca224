using static TorchSharp.torch;

namespace MammutScale.Model.Generation;

/// <summary>How each caption begins. Prompts may differ in length: while shorter ones are continued, longer ones take their own next token.</summary>
internal sealed class Prompts(IReadOnlyList<IReadOnlyList<long>> rows)
{
    public int Count => rows.Count;

    /// <summary>Length of the shortest.</summary>
    public int Shortest { get; } = rows.Min(row => row.Count);

    public int Length(int row) => rows[row].Count;

    /// <summary>The token that a row's prompt has at a position, null past its end.</summary>
    public long? Forced(int row, int position) => position < rows[row].Count ? rows[row][position] : null;

    /// <summary>What all prompts have, each repeated for the sequences of its picture: [R, shortest].</summary>
    public Tensor Head(int sequencesPerPicture, Device device) =>
        tensor(rows.SelectMany(row => row.Take(Shortest)).ToArray(), [Count, Shortest], device: device).repeat_interleave(sequencesPerPicture, 0);
}
