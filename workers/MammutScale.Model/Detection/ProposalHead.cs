using MammutScale.Model.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Detection;

/// <summary>A region that may show something, whatever it is.</summary>
internal readonly record struct Proposal(ImageBox Box, float Objectness);

/// <summary>Class-agnostic proposals with one anchor at each location: its centreness in an object and the distances to the object's edges.</summary>
internal sealed class ProposalHead : nn.Module
{
    [ComponentName(Name = "conv")]
    private readonly ConvLayer _conv;

    [ComponentName(Name = "centreness")]
    private readonly ConvLayer _centreness;

    [ComponentName(Name = "distances")]
    private readonly ConvLayer _distances;

    public ProposalHead(int channels, Placement place) : base(nameof(ProposalHead))
    {
        _conv = new(channels, channels, 3, place);
        _centreness = new(channels, 1, 1, place);
        _distances = new(channels, 4, 1, place);
        RegisterComponents();
    }

    /// <summary>What the head says of all levels' locations.</summary>
    /// <param name="levels">Maps [B, C, h, w].</param>
    /// <param name="grids">Their cells.</param>
    /// <returns>Logits of centreness [B, L] and boxes [B, L, 4] in pixels.</returns>
    public (Tensor Centreness, Tensor Boxes) Apply(IReadOnlyList<Tensor> levels, IReadOnlyList<LevelGrid> grids)
    {
        List<Tensor> centreness = [], boxes = [];
        for (int level = 0; level < levels.Count; level++)
        {
            Tensor x = nn.functional.relu(_conv.Apply(levels[level]));
            centreness.Add(_centreness.Apply(x).flatten(1));
            // in strides; exp of more than 8 leaves every picture
            Tensor reach = _distances.Apply(x).flatten(2).transpose(1, 2).clamp(max: 8).exp() * grids[level].Stride;
            Tensor[] centres = Centres(grids[level], reach.device);
            Tensor[] sides = reach.unbind(2);
            boxes.Add(stack([centres[0] - sides[0], centres[1] - sides[1], centres[0] + sides[2], centres[1] + sides[3]], 2));
        }
        return (cat(centreness, 1), cat(boxes, 1));
    }

    /// <summary>The likeliest proposals of one picture, suppressed among themselves.</summary>
    /// <param name="centreness">Logits [L].</param>
    /// <param name="boxes">[L, 4].</param>
    /// <param name="grids">Cells of the levels.</param>
    /// <param name="width">Of the picture, pixels.</param>
    /// <param name="height">Of the picture, pixels.</param>
    /// <param name="config">Limits.</param>
    public static Proposal[] Select(Tensor centreness, Tensor boxes, IReadOnlyList<LevelGrid> grids, long width, long height, DetectionConfig config)
    {
        float[] scores = centreness.detach().sigmoid().cpu().data<float>().ToArray();
        float[] sides = boxes.detach().cpu().contiguous().data<float>().ToArray();
        List<Proposal> likely = [];
        int first = 0;
        foreach (LevelGrid grid in grids)
        {
            likely.AddRange(Enumerable.Range(first, grid.Count).OrderByDescending(i => scores[i]).Take(config.ProposalsPerLevel)
                .Select(i => new Proposal(new ImageBox(sides[4 * i], sides[(4 * i) + 1], sides[(4 * i) + 2], sides[(4 * i) + 3]).Clipped(width, height), scores[i]))
                .Where(p => p.Box.Width >= 1 && p.Box.Height >= 1));
            first += grid.Count;
        }
        IReadOnlyList<int> kept = Suppression.Keep([.. likely.Select(p => p.Box)], [.. likely.Select(p => p.Objectness)], config.ProposalOverlap, config.Proposals);
        return [.. kept.Select(i => likely[i])];
    }

    private static Tensor[] Centres(LevelGrid grid, Device device)
    {
        (float X, float Y)[] centres = [.. Enumerable.Range(0, grid.Count).Select(grid.Centre)];
        return [tensor(centres.Select(c => c.X).ToArray(), device: device), tensor(centres.Select(c => c.Y).ToArray(), device: device)];
    }
}
