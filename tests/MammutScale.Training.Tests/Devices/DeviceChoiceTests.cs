using MammutScale.Training.Devices;

namespace MammutScale.Training.Tests.Devices;

public sealed class DeviceChoiceTests
{
    private static readonly GpuInventory None = new(0, "the driver is on holiday.");

    [Theory]
    [InlineData("auto", 0, null, "cpu")]
    [InlineData("auto", 4, null, "cuda:0")]
    [InlineData("auto", 4, 2, "cuda:2")]
    [InlineData("cpu", 4, 2, "cpu")]
    [InlineData("cuda", 8, 5, "cuda:5")]
    [InlineData("cuda", 1, 5, "cuda:0")]
    [InlineData("CUDA:3", 8, 5, "cuda:3")]
    public void TheDeviceIsTheOneThatWasMeant(string text, int gpus, int? place, string expected)
    {
        var choice = DeviceChoice.TryParse(text, out _).ShouldNotBeNull();

        choice.Resolve(new GpuInventory(gpus, "none"), place).ToString().ShouldBe(expected);
    }

    [Theory]
    [InlineData("cuda:x")]
    [InlineData("tpu")]
    [InlineData("cuda:-1")]
    public void TheChoicesAreTold_WhenTheTextIsNone(string text)
    {
        DeviceChoice.TryParse(text, out var fault).ShouldBeNull();
        fault.ShouldBe($"'{text}' is no device; auto, cpu, cuda or cuda:N is needed");
    }

    [Fact]
    public void TheReasonIsTold_WhenAGpuIsAskedForAndThereIsNone()
    {
        Should.Throw<DeviceException>(() => DeviceChoice.TryParse("cuda", out _)!.Resolve(None, null)).Message
            .ShouldBe("--device asks for a GPU, but there is none to use: the driver is on holiday.");
        Should.Throw<DeviceException>(() => DeviceChoice.TryParse("cuda:2", out _)!.Resolve(new GpuInventory(2, ""), null)).Message
            .ShouldContain("cuda:2, but this process sees 2 GPUs, numbered from 0");
    }

    [Fact]
    public void ThePlaceIsThatOfTheFirstLauncherThatTellsOne()
    {
        var environment = new Dictionary<string, string?> { ["LOCAL_RANK"] = "3", ["SLURM_LOCALID"] = "5" };

        DeviceChoice.LocalPlace(environment.GetValueOrDefault).ShouldBe(3);
        environment["MAMMUT_LOCAL_RANK"] = "1";
        DeviceChoice.LocalPlace(environment.GetValueOrDefault).ShouldBe(1);
        DeviceChoice.LocalPlace(_ => null).ShouldBeNull();
    }

    [Fact]
    public void TheLoadersOwnReasonIsFound_WhenTorchHasNoCudaHalf()
    {
        Assert.SkipWhen(TorchSharp.torch.cuda.is_available(), "this machine has a GPU");
        var gpus = GpuInventory.Find();

        gpus.Count.ShouldBe(0);
        gpus.Trouble.ShouldContain("libtorch_cuda.so: cannot open shared object file");
        gpus.Trouble.ShouldContain("-p:MammutTorch=external");
    }
}
