using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MammutScale.Cli.Output;
using MammutScale.Training.Devices;

namespace MammutScale.Cli.Commands;

/// <summary>`mammut doctor`: what is missing on this machine, what that costs, and how to get it.</summary>
internal static class DoctorCommand
{
    private sealed record Finding(string Name, bool Ok, string Found, string Remedy);

    public static Command Create() => new Command("doctor", "Says what is missing on this machine and how to get it.").Does(RunAsync);

    private static Task<int> RunAsync(ParseResult parse, Report report, CancellationToken cancellation)
    {
        List<Finding> findings =
        [
            new("processor", Vector256.IsHardwareAccelerated, $"{Environment.ProcessorCount} cores, {(Vector512.IsHardwareAccelerated ? "AVX-512" : Vector256.IsHardwareAccelerated ? "AVX2" : "no AVX2")}", "training on a CPU without AVX2 is very slow"),
            Torch(),
            Library("jemalloc", "libjemalloc.so.2", "without it a step takes up to a third longer; Debian and Ubuntu: apt-get install libjemalloc2"),
            Library("nccl", "libnccl.so.2", "only GPU workers need it; it comes with PyTorch or NVIDIA's packages"),
            Program("ffmpeg", "only the tests need it"),
            Program("chromium", "only the tests of the dashboard need it"),
        ];
        bool usable = findings.Where(f => f.Name is "torch").All(f => f.Ok);
        report.Result(new { usable, findings }, r =>
        {
            r.Table(["", "what", "found", "remedy"], findings.Select(f => new[] { f.Ok ? "ok" : "--", f.Name, f.Found, f.Ok ? "" : f.Remedy }));
            r.Line(usable ? "This machine can train." : "This machine cannot train yet.");
        });
        return Task.FromResult(usable ? 0 : 1);
    }

    private static Finding Torch()
    {
        const string Remedy = "build again; on another architecture than x86-64 there are no natives";
        try
        {
            TorchLibraries.Load();
            var gpus = GpuInventory.Find();
            return new("torch", true, $"libtorch loads, {TorchSharp.torch.get_num_threads()} threads, {(gpus.Count > 0 ? $"{gpus.Count} GPUs" : $"no GPU: {gpus.Trouble}")}", Remedy);
        }
        catch (DeviceException error)
        {
            return new("torch", false, error.Message, Remedy);
        }
    }

    private static Finding Library(string name, string file, string remedy)
    {
        bool found = NativeLibrary.TryLoad(file, out nint handle);
        if (found) NativeLibrary.Free(handle);
        return new(name, found, found ? file : "not found", remedy);
    }

    private static Finding Program(string name, string remedy)
    {
        string? path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return new(name, path is not null, path ?? "not found", remedy);
    }
}
