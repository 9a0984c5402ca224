using MammutScale.Contracts;

namespace MammutScale.Dashboard.Tests.Fakes;

/// <summary>Puts steps into buckets of equal width, as the coordinator's history does.</summary>
internal static class Buckets
{
    private static readonly (string Name, Func<StepRecord, double> Value)[] Series =
    [
        ("loss", s => s.Loss), ("contrastive", s => s.Contrastive), ("captioning", s => s.Captioning), ("learning_rate", s => s.LearningRate),
        ("grad_norm", s => s.GradNorm), ("logit_scale", s => s.LogitScale), ("samples_per_second", s => s.Samples / s.Phases.Total),
        ("step_seconds", s => s.Phases.Total), ("data_wait", s => s.Phases.DataWait), ("forward", s => s.Phases.Forward),
        ("backward", s => s.Phases.Backward), ("communication", s => s.Phases.ExposedCommunication), ("optimizer", s => s.Phases.Optimizer),
        ("checkpoint", s => s.Phases.Checkpoint), ("other", s => s.Phases.Other),
    ];

    public static SeriesBlock Of(IEnumerable<StepRecord> steps, int buckets, long sequence)
    {
        var all = steps.ToArray();
        int size = Math.Max(1, (all.Length + buckets - 1) / buckets);
        var parts = all.Chunk(size).ToArray();
        double[][] Make(Func<IEnumerable<double>, double> fold) => [.. Series.Select(s => parts.Select(p => fold(p.Select(s.Value))).ToArray())];
        return new SeriesBlock
        {
            Names = [.. Series.Select(s => s.Name)],
            FirstStep = [.. parts.Select(p => p[0].Step)],
            LastStep = [.. parts.Select(p => p[^1].Step)],
            At = [.. parts.Select(p => p[^1].At.ToUnixTimeMilliseconds())],
            Count = [.. parts.Select(p => p.Length)],
            NonFinite = [.. parts.Select(p => p.Count(s => s.Skipped))],
            Min = Make(v => v.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min()),
            Max = Make(v => v.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max()),
            Mean = Make(v => v.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average()),
            Last = Make(v => v.Last()),
            Sequence = sequence,
        };
    }
}
