using MammutScale.Training.Devices;
using MammutScale.Worker.Generations;
using MammutScale.Worker.Hosting;

namespace MammutScale.Worker.Tests.Hosting;

public sealed class WorkerOptionsTests
{
    [Fact]
    public void EveryFaultIsTold_WhenSeveralOptionsAreWrong()
    {
        var fault = Should.Throw<WorkerException>(() => WorkerOptions.FromArgs(["--coordinator", "nowhere", "--threads", "none", "--speed", "9"]));
        fault.ExitCode.ShouldBe(ExitCodes.Configuration);
        fault.Message.ShouldContain("--run is missing");
        fault.Message.ShouldContain("--coordinator is 'nowhere', host:port");
        fault.Message.ShouldContain("--threads is 'none', a whole number from 1 to 1024 is needed");
        fault.Message.ShouldContain("'--speed' is not an option");
    }

    [Fact]
    public void OptionsAreTaken_WhenAllIsWell()
    {
        var options = WorkerOptions.FromArgs(["--coordinator=[::1]:4000", "--run", "tiny", "--worker-id", "w7", "--listen", "127.0.0.1", "--threads", "2", "--parent-pid", "12"]);
        (options.Address.Host, options.Address.Port).ShouldBe(("::1", 4000));
        (options.Run, options.WorkerId, options.Listen, options.Threads, options.ParentPid).ShouldBe(("tiny", "w7", "127.0.0.1", 2, 12));
    }

    [Fact]
    public async Task OneSentenceAndTheCode_WhenTheArgumentsAreWrong()
        => (await WorkerHost.RunAsync(["--run"], CancellationToken.None)).ShouldBe(ExitCodes.Configuration);

    [Fact]
    public async Task AGpuIsAskedForInVain_WhenThereIsNone()
    {
        Assert.SkipWhen(TorchSharp.torch.cuda.is_available(), "this machine has a GPU");

        (await WorkerHost.RunAsync(["--run", "tiny", "--listen", "127.0.0.1", "--device", "cuda:1"], CancellationToken.None)).ShouldBe(ExitCodes.Configuration);
        WorkerOptions.FromArgs(["--run", "tiny"]).Device.ShouldBe(DeviceChoice.Auto);
        Should.Throw<WorkerException>(() => WorkerOptions.FromArgs(["--run", "tiny", "--device", "tpu"])).Message.ShouldContain("--device: 'tpu' is no device; auto, cpu, cuda or cuda:N is needed");
    }
}
