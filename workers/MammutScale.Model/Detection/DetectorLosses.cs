using static TorchSharp.torch;

namespace MammutScale.Model.Detection;

/// <summary>The losses from predictions and objects.</summary>
internal static class DetectorLosses
{
    /// <summary>Centreness and box losses of the proposals of a batch.</summary>
    /// <param name="centreness">Logits [B, L].</param>
    /// <param name="boxes">[B, L, 4].</param>
    /// <param name="grids">Cells of the levels.</param>
    /// <param name="pictures">B pictures' objects.</param>
    public static (Tensor Centreness, Tensor Boxes) OfProposals(Tensor centreness, Tensor boxes, IReadOnlyList<LevelGrid> grids, IReadOnlyList<PictureObjects> pictures)
    {
        List<long> inside = [];
        List<float> wanted = [], targets = [];
        foreach (PictureObjects picture in pictures)
        {
            (int[] objects, float[] central) = ProposalTargets.Assign(grids, picture.Boxes);
            for (int i = 0; i < objects.Length; i++)
            {
                if (objects[i] < 0)
                    continue;
                inside.Add(targets.Count + i);
                ImageBox box = picture.Boxes[objects[i]];
                wanted.AddRange([box.Left, box.Top, box.Right, box.Bottom]);
            }
            targets.AddRange(central);
        }
        Tensor target = tensor(targets.ToArray(), [pictures.Count, centreness.shape[1]], device: centreness.device);
        Tensor loss = nn.functional.binary_cross_entropy_with_logits(centreness, target, reduction: nn.Reduction.Sum) / Math.Max(1, inside.Count);
        if (inside.Count == 0)
            return (loss, boxes.sum() * 0);
        Tensor places = tensor(inside.ToArray(), device: boxes.device);
        Tensor weights = target.flatten().index_select(0, places);
        Tensor overlap = BoxLosses.GeneralizedOverlap(boxes.flatten(0, 1).index_select(0, places), tensor(wanted.ToArray(), [inside.Count, 4], device: boxes.device));
        return (loss, ((1 - overlap) * weights).sum() / weights.sum().clamp(min: 1e-6));
    }

    /// <summary>Classification and box losses of sampled regions.</summary>
    /// <param name="logits">[K, 1 + C], background first.</param>
    /// <param name="codes">[K, 4].</param>
    /// <param name="regions">K regions with their objects.</param>
    /// <param name="pictures">The picture of each region.</param>
    /// <param name="backgroundWeight">Of background regions.</param>
    public static (Tensor Classification, Tensor Boxes) OfRegions(
        Tensor logits, Tensor codes, IReadOnlyList<MatchedRegion> regions, IReadOnlyList<PictureObjects> pictures, double backgroundWeight)
    {
        long[] labels = [.. regions.Select((r, i) => r.Object < 0 ? 0L : 1 + pictures[i].Classes[r.Object])];
        Tensor label = tensor(labels, device: logits.device);
        Tensor weight = tensor(labels.Select(l => l == 0 ? (float)backgroundWeight : 1).ToArray(), device: logits.device);
        Tensor each = nn.functional.cross_entropy(logits, label, reduction: nn.Reduction.None);
        Tensor classification = (each * weight).sum() / Math.Max(1, regions.Count);
        long[] foreground = [.. Enumerable.Range(0, regions.Count).Where(i => regions[i].Object >= 0).Select(i => (long)i)];
        if (foreground.Length == 0)
            return (classification, codes.sum() * 0);
        float[] wanted = [.. foreground.SelectMany(i => Code(regions[(int)i], pictures[(int)i]))];
        Tensor found = codes.index_select(0, tensor(foreground, device: codes.device));
        return (classification, BoxLosses.SmoothL1(found, tensor(wanted, [foreground.Length, 4], device: codes.device)) / regions.Count);
    }

    private static float[] Code(MatchedRegion region, PictureObjects picture)
    {
        (float x, float y, float width, float height) = BoxCoding.Encode(picture.Boxes[region.Object], region.Region);
        return [x, y, width, height];
    }
}
