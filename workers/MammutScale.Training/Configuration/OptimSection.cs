using MammutScale.Training.Binding;

namespace MammutScale.Training.Configuration;

/// <summary>AdamW with decoupled decay; norms, biases, temperature and position embeddings are not decayed.</summary>
public sealed record OptimSection
{
    /// <summary>Learning rate at the end of the warm-up.</summary>
    [MoreThan(0)] public double Lr { get; init; } = 0.001;

    [Elements(2), Between(0, 0.9999999)] public IReadOnlyList<double> Betas { get; init; } = [0.9, 0.95];

    [MoreThan(0)] public double Eps { get; init; } = 1e-8;

    [AtLeast(0)] public double WeightDecay { get; init; } = 0.1;

    public ScheduleKind Schedule { get; init; } = ScheduleKind.Cosine;

    /// <summary>Steps of linear warm-up; by default <see cref="WarmupShare"/> of the run.</summary>
    [AtLeast(0)] public long? WarmupSteps { get; init; }

    [Between(0, 1)] public double WarmupShare { get; init; } = 0.05;

    /// <summary>The schedule ends at this share of the learning rate.</summary>
    [Between(0, 1)] public double FinalShare { get; init; }

    /// <summary>Largest global gradient norm; 0 does not clip.</summary>
    [AtLeast(0)] public double Clip { get; init; } = 1;

    /// <summary>Decay of the running mean of the weights, e.g. 0.999; 0 keeps none.</summary>
    [Between(0, 0.9999999)] public double Ema { get; init; }
}

public enum ScheduleKind
{
    Cosine,
    Linear,
    Constant,
}
