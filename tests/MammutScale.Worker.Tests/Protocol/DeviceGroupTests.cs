using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MammutScale.Contracts;
using MammutScale.Training.Devices;
using MammutScale.Worker.Generations;
using RankDevice = MammutScale.Worker.Generations.DeviceAgreement.RankDevice;

namespace MammutScale.Worker.Tests.Protocol;

/// <summary>Workers whose groups are NCCL's, with the library of tests/native in NCCL's place.</summary>
public sealed class DeviceGroupTests
{
    private static string Library => Path.Combine(AppContext.BaseDirectory, "native", "new", "libnccl.so.2");

    [Fact]
    public async Task TheSurvivorGoesOnInANewGroup_WhenAWorkerDies()
    {
        SkipIfMissing();
        await using var cluster = await LocalCluster.StartAsync(steps: 100, min: 1, max: 2);
        var (one, two) = (cluster.Start("w1", TrainingDevice.CpuAsDevice), cluster.Start("w2", TrainingDevice.CpuAsDevice));
        await cluster.UntilAsync(s => s.Step > 10 && s.Workers.Count(w => w.Rank >= 0) == 2);
        one.Trainee.Fault = new InvalidOperationException("a bug");
        (await one.Exit.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(ExitCodes.Crashed);
        await cluster.AskAsync(async run =>
        {
            await run.Exited(new WorkerExit { WorkerId = "w1", ProcessId = Environment.ProcessId, ExitCode = ExitCodes.Crashed });
            return true;
        });
        await cluster.UntilAsync(s => s.State == RunState.Completed);

        two.Trainee.Repeated.ShouldBe(0);
        two.Trainee.Committed.Count.ShouldBe(100);
        two.Log.ShouldContain(line => line.StartsWith("NCCL 2.30.7") && line.Contains("rank 1 of 2 on device 0") || line.Contains("rank 0 of 2 on device 0"));
        two.Log.ShouldContain(line => line.StartsWith("NCCL 2.30.7") && line.Contains("rank 0 of 1 on device 0"));
    }

    [Fact]
    public async Task TheOddWorkerIsNamed_WhenOneTrainsOnAGpuAndOneOnTheCpu()
    {
        SkipIfMissing();
        await using var cluster = await LocalCluster.StartAsync(steps: 100_000, min: 2, max: 2);
        cluster.Start("w1", TrainingDevice.CpuAsDevice);
        cluster.Start("w2", TrainingDevice.Cpu);

        var told = await cluster.UntilAsync(s => s.Events.Any(e => e.Text.Contains("start all workers with the same --device")));

        told.Step.ShouldBe(0);
    }

    [Fact]
    public void OneGpuForTwoRanksIsRefused_WhateverNumberTheyHaveForIt()
    {
        DeviceAgreement.Fault([new RankDevice(1, 0, 7), new RankDevice(1, 1, 8)]).ShouldBeNull();
        DeviceAgreement.Fault([new RankDevice(0, 0, 0), new RankDevice(0, 0, 0)]).ShouldBeNull();
        var fault = DeviceAgreement.Fault([new RankDevice(1, 0, 7), new RankDevice(1, 1, 8), new RankDevice(1, 1, 7)]).ShouldNotBeNull();
        fault.Rank.ShouldBe(2);
        fault.Text.ShouldBe("Ranks 0 and 2 are on the same GPU (cuda:1 of one machine), and NCCL needs one for each: give each worker its own --device cuda:N, LOCAL_RANK or CUDA_VISIBLE_DEVICES.");
    }

    [ModuleInitializer]
    internal static void UseStandIn()
    {
        Environment.SetEnvironmentVariable("MAMMUT_NCCL", Library);
        Environment.SetEnvironmentVariable("MAMMUT_CUDART", Library);
    }

    private static unsafe void SkipIfMissing()
    {
        Assert.SkipUnless(File.Exists(Library), "there was no C compiler to build the stand-in for NCCL");
        ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(NativeLibrary.Load(Library), "standin_host_computes"))(1);
    }
}
