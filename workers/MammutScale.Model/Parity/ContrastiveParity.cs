using MammutScale.Model.Losses;
using MammutScale.Model.Weights;
using static TorchSharp.torch;

namespace MammutScale.Model.Parity;

/// <summary>The contrastive losses alone: InfoNCE at the fixture's scale, SigLIP at scale 10 and bias −10.</summary>
internal static class ContrastiveParity
{
    public static IReadOnlyList<ParityCheck> Run(SafetensorsFile file)
    {
        using var scope = NewDisposeScope();
        Comparison comparison = new(file);
        ParityTolerances tolerances = ParityTolerances.Standard;
        InfoNce(file, comparison, tolerances);
        Sigmoid(file, comparison, tolerances);
        return comparison.Checks;
    }

    private static void InfoNce(SafetensorsFile file, Comparison comparison, ParityTolerances tolerances)
    {
        (Tensor image, Tensor text) = Features(file);
        Tensor scaleLog = file.Read("input/logit_scale_log").requires_grad_();
        Tensor loss = ContrastiveLoss.InfoNce(PairBatch.Whole(image, text), scaleLog.exp());
        BackwardPass.Run(loss);
        comparison.Add("expect/infonce_loss", loss, tolerances.Loss);
        comparison.Add("grad/infonce/image_features", image.grad!, tolerances.Gradients, relative: true);
        comparison.Add("grad/infonce/text_features", text.grad!, tolerances.Gradients, relative: true);
        comparison.Add("grad/infonce/logit_scale_log", scaleLog.grad!, tolerances.Gradients, relative: true);
    }

    private static void Sigmoid(SafetensorsFile file, Comparison comparison, ParityTolerances tolerances)
    {
        (Tensor image, Tensor text) = Features(file);
        Tensor scaleLog = tensor((float)Math.Log(10), requires_grad: true), bias = tensor(-10f, requires_grad: true);
        Tensor loss = ContrastiveLoss.Sigmoid(PairBatch.Whole(image, text), scaleLog.exp(), bias);
        BackwardPass.Run(loss);
        comparison.Add("expect/siglip_loss", loss, tolerances.Loss);
        comparison.Add("grad/siglip/image_features", image.grad!, tolerances.Gradients, relative: true);
        comparison.Add("grad/siglip/text_features", text.grad!, tolerances.Gradients, relative: true);
        comparison.Add("grad/siglip/scale_log", scaleLog.grad!, tolerances.Gradients, relative: true);
        comparison.Add("grad/siglip/bias", bias.grad!, tolerances.Gradients, relative: true);
    }

    private static (Tensor Image, Tensor Text) Features(SafetensorsFile file) =>
        (file.Read("input/image_features").requires_grad_(), file.Read("input/text_features").requires_grad_());
}
