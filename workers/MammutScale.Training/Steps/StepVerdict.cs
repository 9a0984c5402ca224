using MammutScale.Training.Agreement;

namespace MammutScale.Training.Steps;

/// <summary>What one rank found: its parts of the losses, and of the squared gradient.</summary>
internal readonly record struct StepFinding(double Contrastive, double Captioning, double SquaredGradients);

/// <summary>What the ranks find about a step together, from sums in rank order: the same bits everywhere.</summary>
internal readonly record struct StepVerdict(double Contrastive, double Captioning, double GradNorm)
{
    /// <summary>Every loss and gradient of every rank is a number.</summary>
    public bool IsFinite => double.IsFinite(Contrastive) && double.IsFinite(Captioning) && double.IsFinite(GradNorm);

    public static StepVerdict Agree(RankExchange<StepFinding> exchange, StepFinding mine)
    {
        double contrastive = 0, captioning = 0, squares = 0;
        foreach (var finding in exchange.Exchange(mine))
        {
            contrastive += finding.Contrastive;
            captioning += finding.Captioning;
            squares += finding.SquaredGradients;
        }

        return new StepVerdict(contrastive, captioning, Math.Sqrt(squares));
    }
}
