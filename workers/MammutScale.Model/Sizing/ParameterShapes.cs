using MammutScale.Model.Configuration;
using MammutScale.Model.Tubes;

namespace MammutScale.Model.Sizing;

/// <summary>The name and shape of every parameter of a configuration, without making any.</summary>
public static class ParameterShapes
{
    /// <summary>In state-dict names; the same set that a real <see cref="Mammut"/> has.</summary>
    /// <exception cref="ModelConfigException">No such model can be built.</exception>
    public static IEnumerable<(string Name, long[] Shape)> Of(MammutConfig config)
    {
        ConfigCheck.ThrowIfInvalid(config);
        return [.. Vision(config), .. Text(config), ("map_viz2txt_kv", [config.Vision.Width, config.Text.Width]), ("logit_scale", []), .. Bias(config)];
    }

    /// <summary>What the tubes of a video encoder add, as <see cref="VideoEncoder.NamedParameters"/> has it.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Of(VideoConfig video, VisionConfig vision) =>
    [
        .. video.Tubes.Select((tube, i) => ($"{VideoEncoder.Prefix}projections.{i}.weight", (long[])[vision.Width / tube.Joined.Volume, 3, tube.Size.Frames, tube.Size.Rows, tube.Size.Columns])),
        (VideoEncoder.Prefix + "gate", []),
    ];

    private static IEnumerable<(string, long[])> Bias(MammutConfig config) => config.InitLogitBias is null ? [] : [("logit_bias", [])];

    private static IEnumerable<(string, long[])> Vision(MammutConfig config)
    {
        VisionConfig v = config.Vision;
        yield return ("visual.class_embedding", [v.Width]);
        yield return ("visual.positional_embedding", [v.Tokens, v.Width]);
        yield return ("visual.conv1.weight", [v.Width, 3, v.PatchSize, v.PatchSize]);
        IEnumerable<(string, long[])> rest =
        [
            .. v.PreNorm ? Norm("visual.ln_pre", v.Width) : [],
            .. Enumerable.Range(0, v.Layers).SelectMany(i => Block($"visual.transformer.resblocks.{i}", v.Width, v.MlpWidth)),
            .. Norm("visual.ln_post", v.Width),
            ("visual.proj", [v.Width, config.EmbedDim]),
        ];
        foreach ((string, long[]) parameter in rest)
            yield return parameter;
    }

    private static IEnumerable<(string, long[])> Text(MammutConfig config)
    {
        TextConfig t = config.Text;
        bool fork = config.Layout == ModelLayout.OpenClipMammut;
        int[] cross = CrossPlacement.Layers(config);
        return
        [
            ("text.token_embedding.weight", [t.VocabSize, t.Width]),
            ("text.positional_embedding", [t.ContextLength, t.Width]),
            .. Enumerable.Range(0, t.Layers).SelectMany(i => Block($"text.resblocks.{i}", t.Width, t.HasMlp || !cross.Contains(i) ? t.MlpWidth : 0)),
            .. Enumerable.Range(0, cross.Length).SelectMany(i => Block($"text.cross_attn.{i}", t.Width, t.MlpWidth).Concat(Norm($"text.cross_attn.{i}.ln_1_kv", t.Width))),
            .. Norm("text.ln_final", t.Width),
            (fork ? "text.text_projection" : "text.lm_head", [t.Width, t.VocabSize]),
            .. !fork && t.Projection == TextProjection.Linear ? [("text.text_projection", [t.Width, config.EmbedDim])] : Array.Empty<(string, long[])>(),
        ];
    }

    private static IEnumerable<(string, long[])> Block(string name, long width, long hidden) =>
    [
        .. Norm($"{name}.ln_1", width),
        ($"{name}.attn.in_proj_weight", [3 * width, width]),
        ($"{name}.attn.in_proj_bias", [3 * width]),
        .. Linear($"{name}.attn.out_proj", width, width),
        .. hidden == 0 ? [] : (IEnumerable<(string, long[])>)
        [
            .. Norm($"{name}.ln_2", width),
            .. Linear($"{name}.mlp.c_fc", width, hidden),
            .. Linear($"{name}.mlp.c_proj", hidden, width),
        ],
    ];

    private static IEnumerable<(string, long[])> Norm(string name, long width) => [($"{name}.weight", [width]), ($"{name}.bias", [width])];

    private static IEnumerable<(string, long[])> Linear(string name, long input, long output) => [($"{name}.weight", [output, input]), ($"{name}.bias", [output])];
}
