using MammutScale.Model.Layers;
using MammutScale.Training.Devices;
using static TorchSharp.torch;

namespace MammutScale.Training.Benchmarks;

/// <summary>What this machine's matrix product reaches right now: the limit that a step is measured against.</summary>
internal static class GemmPeak
{
    private const int HostSize = 1024;

    /// <summary>A GPU is not full with less.</summary>
    private const int DeviceSize = 8192;

    private const int Repetitions = 3;

    /// <summary>FLOP/s of square products of one dtype: the fastest of a few.</summary>
    public static double Measure(ScalarType dtype, TrainingDevice device, TimeProvider time)
    {
        var size = device.IsCuda ? DeviceSize : HostSize;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var left = randn([size, size], device: device.Torch).to(dtype);
        var right = randn([size, size], device: device.Torch).to(dtype);
        var result = empty([size, size], dtype: dtype, device: device.Torch);
        result.copy_(Products.Multiply(left, right));
        var best = double.MaxValue;
        for (var i = 0; i < Repetitions; i++)
        {
            using var inner = NewDisposeScope();
            device.Synchronize();
            var begin = time.GetTimestamp();
            _ = Products.Multiply(left, right);
            device.Synchronize();
            best = Math.Min(best, time.GetElapsedTime(begin).TotalSeconds);
        }

        return 2.0 * size * size * size / best;
    }
}
