using MammutScale.Contracts;

namespace MammutScale.Coordinator.Tests;

/// <summary>Records with valid defaults.</summary>
internal static class Make
{
    public static RunSubmission Submission(int min = 1, int max = 2, int lanes = 8, long steps = 100, string id = "tiny") => new()
    {
        RunId = id,
        Name = "tiny",
        Spec = "name: tiny\n",
        TotalSteps = steps,
        GlobalBatch = 16,
        Lanes = lanes,
        MinWorkers = min,
        MaxWorkers = max,
        Store = "",
    };

    public static StepRecord Step(long step, int generation = 1, DateTimeOffset at = default, double? loss = null) => new()
    {
        Step = step,
        Generation = generation,
        At = at,
        Loss = loss ?? 10.0 / (1 + step),
        Contrastive = 1,
        Captioning = 2,
        LearningRate = 1e-3,
        GradNorm = 1,
        LogitScale = 14,
        Samples = 16,
        Phases = new PhaseSeconds { DataWait = 0.1, Forward = 0.2, Backward = 0.4, ExposedCommunication = 0.1, Optimizer = 0.1, Checkpoint = 0, Other = 0.1 },
    };
}
