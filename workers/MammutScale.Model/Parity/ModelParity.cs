using System.Text.Json;
using MammutScale.Model.Losses;
using MammutScale.Model.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MammutScale.Model.Parity;

/// <summary>A whole model: outputs, losses, every gradient, and three optimizer steps.</summary>
internal static class ModelParity
{
    private const double CaptionWeight = 2;
    private const int Steps = 3;

    // a gradient below this share of its tensor's largest is rounding noise in float32
    private const double NoiseShare = 1e-5;

    public static IReadOnlyList<ParityCheck> Run(SafetensorsFile file, MammutConfig config, JsonElement description)
    {
        using var scope = NewDisposeScope();
        ParityTolerances tolerances = ParityTolerances.Read(description);
        using Mammut model = new(config, initialize: false);
        ModelWeights.Load(model, file, "weights/");
        Comparison comparison = new(file);
        Inputs inputs = new(file.Read("input/image"), file.Read("input/text"), file.Entries.ContainsKey("input/text_valid") ? file.Read("input/text_valid") : null);
        Outputs(model, inputs, comparison, tolerances);
        Optimize(model, inputs, comparison, tolerances, ReferenceAdamW.Read(description), file);
        return comparison.Checks;
    }

    private sealed record Inputs(Tensor Images, Tensor Ids, Tensor? Valid);

    private static void Outputs(Mammut model, Inputs inputs, Comparison comparison, ParityTolerances tolerances)
    {
        using var gradient = no_grad();
        ImageEncoding image = model.EncodeImage(inputs.Images);
        comparison.Add("expect/image_features", image.Features, tolerances.Features);
        comparison.Add("expect/image_tokens", image.Tokens, tolerances.Features);
        comparison.Add("expect/text_features", model.EncodeText(inputs.Ids, inputs.Valid), tolerances.Features);
        Tensor seen = inputs.Ids.narrow(1, 0, inputs.Ids.shape[1] - 1);
        comparison.Add("expect/caption_logits", model.CaptionLogits(model.CaptionHidden(seen, image.Tokens)), tolerances.Logits);
    }

    /// <summary>Total, contrastive and captioning loss, by the way that training takes.</summary>
    private static (Tensor Total, Tensor Contrastive, Tensor Caption) Losses(Mammut model, Inputs inputs)
    {
        ImageEncoding image = model.EncodeImage(inputs.Images);
        TextEncoding text = model.TextPasses(inputs.Ids, inputs.Valid, image.Tokens);
        Tensor contrastive = ContrastiveLoss.InfoNce(PairBatch.Whole(image.Features, text.Features), model.LogitScale.exp());
        CaptionTargets targets = model.CaptionTargets(inputs.Ids, inputs.Valid);
        Tensor caption = model.CaptionLoss(text.Hidden, targets, Math.Max(targets.Count, 1));
        return (contrastive + (CaptionWeight * caption), contrastive, caption);
    }

    private static void Optimize(Mammut model, Inputs inputs, Comparison comparison, ParityTolerances tolerances, ReferenceAdamW optimizer, SafetensorsFile file)
    {
        Dictionary<string, Tensor> determined = [];
        var losses = zeros([Steps, 3], dtype: float64);
        for (int step = 0; step < Steps; step++)
        {
            model.zero_grad();
            (Tensor total, Tensor contrastive, Tensor caption) = Losses(model, inputs);
            BackwardPass.Run(total);
            losses[step] = stack([total.detach(), contrastive.detach(), caption.detach()]).to(float64);
            if (step == 0)
                FirstStep(model, comparison, tolerances, total, contrastive, caption);
            foreach ((string name, Parameter parameter) in model.named_parameters())
                determined[name] = Determined(parameter, file, name, determined.GetValueOrDefault(name));
            optimizer.Step(model.named_parameters());
        }
        comparison.Add("expect/adamw_losses", losses, tolerances.Loss);
        foreach ((string name, Parameter parameter) in model.named_parameters())
            comparison.Add($"after3/{name}", parameter, tolerances.Steps, counted: determined[name]);
    }

    private static void FirstStep(Mammut model, Comparison comparison, ParityTolerances tolerances, Tensor total, Tensor contrastive, Tensor caption)
    {
        comparison.Add("expect/contrastive_loss", contrastive, tolerances.Loss);
        comparison.Add("expect/caption_loss", caption, tolerances.Loss);
        comparison.Add("expect/total_loss", total, tolerances.Loss);
        foreach ((string name, Parameter parameter) in model.named_parameters())
        {
            Tensor gradient = parameter.grad ?? zeros_like(parameter);
            if (!comparison.Add($"grad/{name}", gradient, tolerances.Gradients, relative: true))
                comparison.AddZero($"grad/{name}", gradient);
        }
    }

    /// <summary>Whether each element's gradient stands clear of rounding noise, in the reference and in every step so far.</summary>
    private static Tensor Determined(Parameter parameter, SafetensorsFile file, string name, Tensor? before)
    {
        Tensor own = (parameter.grad ?? zeros_like(parameter)).abs();
        Tensor result = own.gt(own.max() * NoiseShare);
        if (file.Entries.ContainsKey($"grad/{name}"))
        {
            Tensor reference = file.Read($"grad/{name}").abs();
            result = result.logical_and(reference.gt(reference.max() * NoiseShare));
        }
        return before is null ? result : result.logical_and(before);
    }
}
