using static TorchSharp.torch;

namespace MammutScale.Model.Detection;

/// <summary>
/// Finds objects of classes given by name: ViTDet's pyramid on a pretrained image encoder, class-agnostic proposals, and a box
/// head that compares regions with text embeddings. At inference its scores are fused with those of the pretrained encoder.
/// </summary>
public sealed class OpenVocabularyDetector : IDisposable
{
    private readonly Mammut _model;
    private readonly Mammut _pretrained;

    /// <param name="model">The model whose image encoder is used; it stays the caller's.</param>
    /// <param name="config">Settings; null = the defaults.</param>
    /// <param name="pretrained">An untouched copy for the fused score, needed when the encoder is tuned; null = the model itself.</param>
    /// <param name="seed">Of the head's first values.</param>
    public OpenVocabularyDetector(Mammut model, DetectionConfig? config = null, Mammut? pretrained = null, long seed = 0)
    {
        _model = model;
        _pretrained = pretrained ?? model;
        Config = config ?? new();
        if (Config.Scales.Count == 0 || Config.Scales.Distinct().Count() != Config.Scales.Count)
            throw new ModelConfigException("A pyramid needs at least one level, and each only once.");
        if (Config.Window < 0)
            throw new ModelConfigException($"Window is {Config.Window}: 0 for global attention, or patches along a side.");
        Head = new(Config, model.Config, model.Device, seed);
    }

    public DetectionConfig Config { get; }

    /// <summary>What is trained beside the encoder.</summary>
    public DetectionHead Head { get; }

    /// <summary>The losses of a batch.</summary>
    /// <param name="images">Normalised, [B, 3, H, W], H and W multiples of the patch size.</param>
    /// <param name="pictures">What they show; classes index <paramref name="names"/>.</param>
    /// <param name="names">The base classes.</param>
    /// <param name="random">Samples regions.</param>
    public DetectionLosses Losses(Tensor images, IReadOnlyList<PictureObjects> pictures, ClassNames names, Random random)
    {
        names.ThrowIfInvalid(_model.Config.EmbedDim);
        Check(images, pictures, names);
        (IReadOnlyList<Tensor> maps, IReadOnlyList<LevelGrid> grids) = Head.Pyramid(Map(_model, images, Config.Window, Config.TuneEncoder && is_grad_enabled()));
        (Tensor centreness, Tensor boxes) = Head.Proposals.Apply(maps, grids);
        (Tensor centrenessLoss, Tensor proposalLoss) = DetectorLosses.OfProposals(centreness, boxes, grids, pictures);
        List<Roi> regions = [];
        List<MatchedRegion> matched = [];
        for (int picture = 0; picture < pictures.Count; picture++)
        {
            Proposal[] proposals = ProposalHead.Select(centreness[picture], boxes[picture], grids, images.shape[3], images.shape[2], Config);
            MatchedRegion[] sampled = RegionMatching.Sample(
                proposals.Select(p => p.Box), pictures[picture].Boxes, Config.MatchOverlap, Config.SampledRegions, Config.ForegroundShare, random);
            matched.AddRange(sampled);
            int index = picture;
            regions.AddRange(sampled.Select(s => new Roi(index, s.Region)));
        }
        (Tensor logits, Tensor codes) = Head.Boxes.Apply(Head.Pool(maps, grids, regions), names.Texts);
        (Tensor classification, Tensor boxLoss) = DetectorLosses.OfRegions(
            logits, codes, matched, [.. regions.Select(r => pictures[r.Picture])], Config.BackgroundWeight);
        return new(centrenessLoss, proposalLoss, classification, boxLoss);
    }

    /// <summary>What is in each picture, best first.</summary>
    /// <param name="images">Normalised, [B, 3, H, W], H and W multiples of the patch size.</param>
    /// <param name="names">Base and novel classes.</param>
    public IReadOnlyList<IReadOnlyList<DetectedObject>> Detect(Tensor images, ClassNames names)
    {
        names.ThrowIfInvalid(_model.Config.EmbedDim);
        using var gradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor map = Map(_model, images, Config.Window, false);
        Tensor pretrained = ReferenceEquals(_model, _pretrained) && Config.Window == 0 ? map : Map(_pretrained, images, 0, false);
        (IReadOnlyList<Tensor> maps, IReadOnlyList<LevelGrid> grids) = Head.Pyramid(map);
        (Tensor centreness, Tensor boxes) = Head.Proposals.Apply(maps, grids);
        var found = new IReadOnlyList<DetectedObject>[images.shape[0]];
        for (int picture = 0; picture < found.Length; picture++)
        {
            using var one = NewDisposeScope();
            Proposal[] proposals = ProposalHead.Select(centreness[picture], boxes[picture], grids, images.shape[3], images.shape[2], Config);
            int index = picture;
            Roi[] regions = [.. proposals.Select(p => new Roi(index, p.Box))];
            (Tensor logits, Tensor codes) = Head.Boxes.Apply(Head.Pool(maps, grids, regions), names.Texts);
            Tensor scores = Config.Fusion.Apply(logits.softmax(1), RegionScores.Of(_pretrained, pretrained, regions, names, Config), names.NovelClasses);
            found[picture] = RegionScores.Detections(scores, codes, proposals, images.shape[3], images.shape[2], Config);
        }
        return found;
    }

    public void Dispose() => Head.Dispose();

    private static Tensor Map(Mammut model, Tensor images, int window, bool tune)
    {
        int patch = model.Config.Vision.PatchSize;
        if (images.dim() != 4 || images.shape[1] != 3 || images.shape[2] < patch || images.shape[3] < patch || images.shape[2] % patch != 0 || images.shape[3] % patch != 0)
            throw new ArgumentException($"Pictures of shape [{string.Join(", ", images.shape)}]: this detector takes [B, 3, H, W] with H and W multiples of {patch}.", nameof(images));
        if (tune)
            return model.Encoder.FeatureMap(images, window);
        using var gradient = no_grad();
        return model.Encoder.FeatureMap(images, window);
    }

    private static void Check(Tensor images, IReadOnlyList<PictureObjects> pictures, ClassNames names)
    {
        if (pictures.Count != images.shape[0])
            throw new ArgumentException($"Objects of {pictures.Count} pictures were given for {images.shape[0]} pictures: expected one list for each.");
        for (int i = 0; i < pictures.Count; i++)
        {
            if (pictures[i].Boxes.Count != pictures[i].Classes.Count)
                throw new ArgumentException($"Picture {i} has {pictures[i].Boxes.Count} boxes and {pictures[i].Classes.Count} classes: expected as many.");
            if (pictures[i].Boxes.Any(b => !(b.Width > 0 && b.Height > 0)))
                throw new ArgumentException($"Picture {i} has an empty box: leave it out.");
            if (pictures[i].Classes.Any(c => c < 0 || c >= names.Count))
                throw new ArgumentException($"Picture {i} has an object of a class outside 0 to {names.Count - 1}.");
        }
    }
}
