using System.Diagnostics;
using System.Globalization;
using MammutScale.Collectives.Cuda;
using MammutScale.Collectives.Nccl;

namespace MammutScale.Collectives.Tests.Nccl;

/// <summary>The managed structures and numbers against what a C compiler makes of the interface.</summary>
public sealed class NcclAbiTests
{
    [Fact]
    public unsafe void Layout_IsTheCompilers()
    {
        StandIn.SkipIfMissing();
        var c = Probe();
        c["size ncclConfig_t"].ShouldBe(sizeof(NcclConfig));
        c["size ncclUniqueId"].ShouldBe(sizeof(NcclUniqueId));
        c["size ncclResult_t"].ShouldBe(sizeof(NcclResult));
        var config = default(NcclConfig);
        byte* begin = (byte*)&config;
        var offsets = new Dictionary<string, long>
        {
            ["size"] = (byte*)&config.Size - begin,
            ["magic"] = (byte*)&config.Magic - begin,
            ["version"] = (byte*)&config.Version - begin,
            ["blocking"] = (byte*)&config.Blocking - begin,
            ["cgaClusterSize"] = (byte*)&config.CgaClusterSize - begin,
            ["minCTAs"] = (byte*)&config.MinCtas - begin,
            ["maxCTAs"] = (byte*)&config.MaxCtas - begin,
            ["netName"] = (byte*)&config.NetName - begin,
            ["splitShare"] = (byte*)&config.SplitShare - begin,
            ["trafficClass"] = (byte*)&config.TrafficClass - begin,
            ["commName"] = (byte*)&config.CommName - begin,
            ["collnetEnable"] = (byte*)&config.CollnetEnable - begin,
            ["CTAPolicy"] = (byte*)&config.CtaPolicy - begin,
            ["shrinkShare"] = (byte*)&config.ShrinkShare - begin,
            ["nvlsCTAs"] = (byte*)&config.NvlsCtas - begin,
        };
        foreach (var (member, offset) in offsets) c[$"offset {member}"].ShouldBe(offset, member);
    }

    [Fact]
    public void Numbers_AreTheCompilers()
    {
        StandIn.SkipIfMissing();
        var c = Probe();
        c["number ncclSum"].ShouldBe(ReduceOp.Sum.Operation());
        c["number ncclMax"].ShouldBe(ReduceOp.Max.Operation());
        c["number ncclMin"].ShouldBe(ReduceOp.Min.Operation());
        c["number ncclFloat32"].ShouldBe(ElementType.Float32.DataType());
        c["number ncclBfloat16"].ShouldBe(ElementType.BFloat16.DataType());
        c["number ncclInt64"].ShouldBe(ElementType.Int64.DataType());
        c["number ncclUint8"].ShouldBe(ElementType.UInt8.DataType());
        c["number ncclSuccess"].ShouldBe((long)NcclResult.Success);
        c["number ncclRemoteError"].ShouldBe((long)NcclResult.RemoteError);
        c["number ncclInvalidUsage"].ShouldBe((long)NcclResult.InvalidUsage);
        c["number ncclInProgress"].ShouldBe((long)NcclResult.InProgress);
    }

    [Fact]
    public void Absence_IsToldInASentence()
    {
        StandIn.SkipIfMissing();
        var cuda = CudaRuntime.Find(out _)!;
        var (runtime, trouble) = NcclRuntime.Load(["/no/such/libnccl.so.2"], cuda);
        runtime.ShouldBeNull();
        trouble.ShouldBe("NCCL was not found (/no/such/libnccl.so.2 does not exist). Install libnccl2, or put its folder into LD_LIBRARY_PATH, or its path into MAMMUT_NCCL.");
        CudaRuntime.Load(["libcudart-of-nowhere.so"]).Trouble.ShouldContain("The CUDA runtime was not found");
        (runtime, trouble) = NcclRuntime.Load(["libc.so.6"], cuda);
        runtime.ShouldBeNull();
        trouble.ShouldContain("libc.so.6 has no function ncclGetVersion");
    }

    [Fact]
    public void OlderLibrary_Loads_WithoutTheNewFunctions()
    {
        StandIn.SkipIfMissing();
        var (runtime, trouble) = NcclRuntime.Load([StandIn.OldLibrary], CudaRuntime.Load([StandIn.OldLibrary]).Runtime!);
        runtime.ShouldNotBeNull(trouble);
        runtime.Nccl.Version.ShouldBe(22605);
        (runtime.Nccl.CanShrink, runtime.Nccl.CanGrow, runtime.Nccl.CanRevoke).ShouldBe((false, false, false));
    }

    private static Dictionary<string, long> Probe()
    {
        using var probe = Process.Start(new ProcessStartInfo(StandIn.AbiProbe) { RedirectStandardOutput = true })!;
        string output = probe.StandardOutput.ReadToEnd();
        probe.WaitForExit();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(words => $"{words[0]} {words[1]}", words => long.Parse(words[2], CultureInfo.InvariantCulture));
    }
}
