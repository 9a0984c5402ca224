using MammutScale.Model;
using MammutScale.Model.Configuration;
using MammutScale.Model.Weights;
using MammutScale.Training.Binding;

namespace MammutScale.Training.Configuration;

/// <summary>The model that a run file asks for.</summary>
public static class ModelShape
{
    /// <summary>The preset of a run file that names none.</summary>
    public const string DefaultPreset = "mammut-tiny";
    private const double SiglipScale = 2.302585092994046; // ln 10
    private const double SiglipBias = -10;

    /// <param name="file">Preset and what differs from it.</param>
    /// <param name="vocabulary">Entries of the tokenizer: the size of the token embedding unless model.vocab_size says otherwise.</param>
    /// <exception cref="RunSpecException">No such model can be built.</exception>
    public static MammutConfig Resolve(RunFile file, int? vocabulary = null)
    {
        var m = file.Model;
        if (m.VocabSize < vocabulary)
            throw new RunSpecException([$"model.vocab_size: {m.VocabSize} must be at least the tokenizer's {vocabulary}; raise it, or leave it out"]);
        try
        {
            var preset = m.InitFrom is null ? MammutConfig.Preset(m.Preset ?? DefaultPreset) : OfWeights(m.InitFrom, vocabulary);
            var vision = preset.Vision with
            {
                ImageSize = m.ImageSize ?? preset.Vision.ImageSize,
                PatchSize = m.PatchSize ?? preset.Vision.PatchSize,
                Width = m.VisionWidth ?? preset.Vision.Width,
                Layers = m.VisionLayers ?? preset.Vision.Layers,
                HeadWidth = m.VisionHeads is { } heads ? (m.VisionWidth ?? preset.Vision.Width) / heads : preset.Vision.HeadWidth,
                CroppedPositions = m.CroppedPositions == true ? new CroppedPositionConfig() : m.CroppedPositions == false ? null : preset.Vision.CroppedPositions,
            };
            var text = preset.Text with
            {
                ContextLength = m.ContextLength ?? preset.Text.ContextLength,
                VocabSize = m.VocabSize ?? (m.InitFrom is null ? vocabulary : null) ?? preset.Text.VocabSize,
                Width = m.TextWidth ?? preset.Text.Width,
                Layers = m.TextLayers ?? preset.Text.Layers,
                Heads = m.TextHeads ?? preset.Text.Heads,
                CrossAttentionRatio = m.CrossEvery ?? preset.Text.CrossAttentionRatio,
                CrossAttentionLayers = m.CrossLayers ?? (m.CrossEvery is null ? preset.Text.CrossAttentionLayers : null),
            };
            var config = preset with
            {
                Vision = vision,
                Text = text,
                // without a text projection the embedding is the decoder's width
                EmbedDim = m.EmbedDim ?? (preset.Text.Projection == TextProjection.None ? text.Width : preset.EmbedDim),
                GradCheckpointing = file.Train.GradCheckpoint,
                InitLogitScale = file.Loss.InitLogitScale ?? DefaultScale(file.Loss.Contrastive),
                InitLogitBias = file.Loss.Contrastive == ContrastiveKind.Siglip ? SiglipBias : preset.InitLogitBias,
            };
            if (config.EmbedDim != text.Width && text.Projection == TextProjection.None)
                config = config with { Text = text with { Projection = TextProjection.Linear } };
            ConfigCheck.ThrowIfInvalid(config);
            // what is wrong with its tubes is said with the rest
            _ = VideoShape.Resolve(file, config);
            return config;
        }
        catch (ModelConfigException e)
        {
            throw new RunSpecException([$"{(m.InitFrom is null ? "model" : "model.init_from")}: {e.Message}"]);
        }
        catch (WeightsException e)
        {
            throw new RunSpecException([$"model.init_from: {e.Message}"]);
        }
    }

    private static MammutConfig OfWeights(string path, int? vocabulary)
    {
        if (!File.Exists(path)) throw new RunSpecException([$"model.init_from: there is no file {path}; give a safetensors file as `mammut import` or `mammut export` writes it"]);
        var (config, report) = OpenClipFiles.Inspect(path);
        if (!report.IsMatch) throw new RunSpecException([$"model.init_from: {path} does not fit its configuration:{Environment.NewLine}{report}"]);
        if (config.Text.VocabSize < vocabulary)
            throw new RunSpecException([$"model.init_from: {path} has {config.Text.VocabSize:N0} token embeddings, the tokenizer has {vocabulary:N0} entries; give data.tokenizer the tokenizer that the weights were trained with"]);
        return config;
    }

    /// <summary>CLIP starts at a temperature of 0.07, SigLIP at a factor of 10 with a bias of −10, MaMMUT's focal loss at 1.</summary>
    private static double DefaultScale(ContrastiveKind kind) => kind switch
    {
        ContrastiveKind.Siglip => SiglipScale,
        ContrastiveKind.Focal => 0,
        _ => MammutConfig.DefaultLogitScale,
    };
}
