namespace MammutScale.Training.Optimizers;

/// <summary>Constants of AdamW (Loshchilov and Hutter, 2019), decay decoupled from the gradient.</summary>
internal readonly record struct AdamWSettings(float Beta1, float Beta2, float Epsilon, float WeightDecay);

/// <summary>Numbers of one update, the same for every element of a run with one decay.</summary>
internal readonly record struct AdamWCoefficients
{
    /// <param name="settings">Constants.</param>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="update">Which update this is, from 1.</param>
    /// <param name="gradientScale">Factor on every gradient (clipping).</param>
    /// <param name="decays">Weight decay applies.</param>
    public AdamWCoefficients(AdamWSettings settings, double learningRate, long update, float gradientScale, bool decays)
    {
        Beta1 = settings.Beta1;
        Beta2 = settings.Beta2;
        Epsilon = settings.Epsilon;
        GradientScale = gradientScale;
        Keep = decays ? (float)(1 - learningRate * settings.WeightDecay) : 1f;
        StepSize = (float)(learningRate / (1 - Math.Pow(settings.Beta1, update)));
        InverseRootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(settings.Beta2, update)));
    }

    public float Beta1 { get; }

    public float Beta2 { get; }

    public float Epsilon { get; }

    public float GradientScale { get; }

    /// <summary>What weight decay leaves of a weight.</summary>
    public float Keep { get; }

    /// <summary>lr / (1 − β1^t).</summary>
    public float StepSize { get; }

    /// <summary>1 / √(1 − β2^t).</summary>
    public float InverseRootCorrection { get; }
}
