using MammutScale.Model.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Detection;

/// <summary>All that a detector has beside the image encoder, in float32: pyramid, proposals, box head.</summary>
public sealed class DetectionHead : nn.Module
{
    [ComponentName(Name = "pyramid")]
    private readonly ModuleList<PyramidLevel> _levels;

    [ComponentName(Name = "proposals")]
    private readonly ProposalHead _proposals;

    [ComponentName(Name = "boxes")]
    private readonly BoxHead _boxes;
    private readonly DetectionConfig _config;
    private readonly double _patch;

    internal DetectionHead(DetectionConfig config, MammutConfig model, Device device, long seed) : base(nameof(DetectionHead))
    {
        (_config, _patch) = (config, model.Vision.PatchSize);
        Placement place = new(ScalarType.Float32, device);
        _levels = new([.. config.Scales.OrderDescending().Select(scale => new PyramidLevel(model.Vision.Width, config.Channels, scale, place))]);
        _proposals = new(config.Channels, place);
        _boxes = new(config.Channels * config.RoiSize * config.RoiSize, config.HeadWidth, model.EmbedDim, place);
        RegisterComponents();
        Fill(seed);
    }

    internal ProposalHead Proposals => _proposals;

    internal BoxHead Boxes => _boxes;

    /// <summary>The encoder's map [B, w, h, w'] at all levels, finest first, [B, C, h · scale, w' · scale].</summary>
    internal (IReadOnlyList<Tensor> Maps, IReadOnlyList<LevelGrid> Grids) Pyramid(Tensor map)
    {
        Tensor[] maps = [.. _levels.Select(level => level.Apply(map.to(float32)))];
        double[] scales = [.. _config.Scales.OrderDescending()];
        return (maps, [.. maps.Select((m, i) => new LevelGrid((int)m.shape[2], (int)m.shape[3], _patch / scales[i]))]);
    }

    /// <summary>Each region pooled from the level that fits its size (FPN): one of 14 strides across is at home on a level. [K, C, s, s].</summary>
    internal Tensor Pool(IReadOnlyList<Tensor> maps, IReadOnlyList<LevelGrid> grids, IReadOnlyList<Roi> regions)
    {
        List<Tensor> pooled = [];
        List<long> order = [];
        for (int level = 0; level < maps.Count; level++)
        {
            int[] here = [.. Enumerable.Range(0, regions.Count).Where(i => Level(regions[i].Box, grids) == level)];
            pooled.Add(RoiAlign.Apply(maps[level], [.. here.Select(i => regions[i])], grids[level].Stride, _config.RoiSize));
            order.AddRange(here.Select(i => (long)i));
        }
        var places = new long[order.Count];
        for (int i = 0; i < places.Length; i++)
            places[order[i]] = i;
        return cat(pooled, 0).index_select(0, tensor(places, device: maps[0].device));
    }

    internal static int Level(ImageBox box, IReadOnlyList<LevelGrid> grids)
    {
        double strides = Math.Sqrt(Math.Max(box.Area, 1e-6)) / (14 * grids[0].Stride);
        return Math.Clamp((int)Math.Floor(Math.Log2(strides)), 0, grids.Count - 1);
    }

    // He's normal; small where small outputs should come first; centreness begins near 1 %, as most locations lie outside
    private void Fill(long seed)
    {
        using var gradient = no_grad();
        using Generator generator = new((ulong)seed);
        foreach ((string name, Parameter parameter) in named_parameters().OrderBy(p => p.name, StringComparer.Ordinal))
        {
            if (name.EndsWith("logit_scale", StringComparison.Ordinal))
                continue;
            using var scope = NewDisposeScope();
            if (name == "proposals.centreness.bias")
                parameter.fill_(-4.6);
            else if (name.EndsWith("bias", StringComparison.Ordinal))
                parameter.zero_();
            else if (name.EndsWith("norm.weight", StringComparison.Ordinal))
                parameter.fill_(1);
            else
                parameter.copy_(empty(parameter.shape).normal_(0, Deviation(name, parameter.shape), generator));
        }
    }

    private static double Deviation(string name, long[] shape) => name switch
    {
        "proposals.centreness.weight" or "proposals.distances.weight" => 0.01,
        "boxes.box.weight" => 0.001,
        "boxes.background" => 1 / Math.Sqrt(shape[0]),
        _ => Math.Sqrt(2.0 / shape.Skip(1).Aggregate(1L, (a, b) => a * b)),
    };
}
