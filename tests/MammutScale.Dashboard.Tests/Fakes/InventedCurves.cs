using MammutScale.Contracts;

namespace MammutScale.Dashboard.Tests.Fakes;

/// <summary>The steps of an invented run: curves that fall, a spike, a step that was not finite, a worker lost, one that becomes slow.</summary>
internal sealed class InventedCurves(int batch, int seed)
{
    public const long NotFiniteAt = 4_110;
    public const long SpikeAt = 11_902;
    public const long LostAt = 14_212;
    public const long SlowAt = 14_900;
    public const long TotalSteps = 20_000;

    public StepRecord At(long step, DateTimeOffset at)
    {
        double noise = Noise(step, 1), other = Noise(step, 2);
        double early = Math.Exp(-step / 900.0);
        double contrastive = 1.02 + 1.3 * Math.Exp(-step / 4200.0) + 5.2 * early;
        double captioning = 1.28 + 1.5 * Math.Exp(-step / 4600.0) + 6.3 * early;
        double spike = step >= SpikeAt && step < SpikeAt + 400 ? 1.25 * Math.Exp(-(step - SpikeAt) / 60.0) : 0;
        contrastive += 0.028 * noise + spike * 0.45;
        captioning += 0.034 * other + spike * 0.55;
        if (step == NotFiniteAt) contrastive = double.NaN;
        double warm = Math.Min(1, step / 800.0);
        double rate = warm * 1e-3 * (0.06 + 0.94 * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, step / (double)TotalSteps))));
        double norm = 0.7 + 2.4 * early + 0.05 * noise + (step % 487 < 3 ? 0.9 : 0) + spike * 2;
        return new StepRecord
        {
            Step = step,
            Generation = step >= LostAt ? 5 : 4,
            At = at,
            Loss = contrastive + captioning,
            Contrastive = contrastive,
            Captioning = captioning,
            LearningRate = rate,
            GradNorm = step == NotFiniteAt ? double.NaN : norm,
            LogitScale = 14 + step / 1000.0,
            Samples = batch,
            Phases = Phases(step, noise),
            Skipped = step == NotFiniteAt,
        };
    }

    public static PhaseSeconds Phases(long step, double noise)
    {
        double stretch = (step >= LostAt ? 8.0 / 7 : 1) * (1 + 0.012 * noise);
        return new PhaseSeconds
        {
            Forward = 0.42 * stretch,
            Backward = 0.86 * stretch,
            Optimizer = 0.10,
            DataWait = step >= SlowAt ? 0.78 + 0.02 * noise : 0.02,
            ExposedCommunication = 0.07 + 0.004 * noise,
            Checkpoint = step % 500 == 0 ? 0.084 : 0.005,
            Other = 0.04,
        };
    }

    // a value from -1.7 to 1.7 that depends on the step alone
    private double Noise(long step, int channel)
    {
        ulong x = (ulong)step * 0x9E3779B97F4A7C15 + (ulong)(seed * 7919 + channel * 104729);
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return ((x >> 40) / (double)(1 << 24) - 0.5) * 3.4;
    }
}
