using System.Runtime.InteropServices;
using MammutScale.Training.Devices;

namespace MammutScale.Training.Tests.Devices;

public sealed class TorchFitTests
{
    private static readonly string Folder = Path.GetDirectoryName(File.ResolveLinkTarget(Path.Combine(AppContext.BaseDirectory, "libtorch_cpu.so"), returnFinalTarget: true)!.FullName)!;

    [Fact]
    public void TheLibtorchThatTorchSharpWasBuiltForFits()
    {
        TorchFit.ThrowIfUnfit(Path.Combine(AppContext.BaseDirectory, TorchLibraries.Binding), Folder);
        TorchLibraries.Load(Folder, AppContext.BaseDirectory);
        TorchSharp.torch.__version__.ShouldStartWith(TorchFit.BuiltFor);
        ElfSymbols.Wanted(Path.Combine(AppContext.BaseDirectory, TorchLibraries.Binding)).Count(s => s.Contains("2at4_ops")).ShouldBeGreaterThan(500);
    }

    [Fact]
    public void MissingFunctionsAreCountedAndNamed_WhenAnotherLibtorchIsGiven()
    {
        // what calls libc10 from libtorch_cpu stands in for a binding that wants more than there is
        using var folder = new Support.TemporaryFolder();
        foreach (var name in new[] { "libtorch_cpu.so", "libtorch.so", "libc10.so" }) File.CreateSymbolicLink(Path.Combine(folder.Path, name), Path.Combine(Folder, "libc10.so"));

        var fault = Should.Throw<DeviceException>(() => TorchFit.ThrowIfUnfit(Path.Combine(AppContext.BaseDirectory, TorchLibraries.Binding), folder.Path)).Message;

        fault.ShouldContain("does not fit TorchSharp");
        fault.ShouldContain("functions that it calls are missing, _Z");
        fault.ShouldContain("was built for libtorch 2.10");
    }

    [Fact]
    public void TheVersionIsReadFromTheInstallation()
    {
        using var root = new Support.TemporaryFolder();
        Directory.CreateDirectory(root.Path + "/lib");
        File.WriteAllText(root.Path + "/version.py", "from typing import Optional\n__version__ = '2.6.0+cu124'\ndebug = False\n");

        TorchFit.InstalledVersion(root.Path + "/lib").ShouldBe("2.6.0+cu124");
        TorchFit.InstalledVersion(root.Path).ShouldBeNull();
    }

    [Fact]
    public void MovedVirtualFunctionsShow_WhenATableIsNotTheRecordedOne()
    {
        var libraries = new[] { "libtorch_cpu.so", "libc10.so" }.Select(n => NativeLibrary.Load(Path.Combine(Folder, n))).ToList();

        VirtualTables.Moved(libraries).ShouldBeEmpty();
        var generator = VirtualTables.Recorded().Single(l => l.StartsWith("_ZTVN2at16CPUGeneratorImplE", StringComparison.Ordinal)).Split(' ');
        var shifted = string.Join(' ', [generator[0], .. generator[2..]]);
        VirtualTables.Moved(libraries, [shifted]).ShouldHaveSingleItem().ShouldContain("has _ZN2at16CPUGeneratorImpl16set_current_seedEm where _ZN2at16CPUGeneratorImpl10set_offsetEm was");
        VirtualTables.Moved(libraries, ["_ZTV7Nowhere f"]).ShouldBe(["_ZTV7Nowhere is gone"]);
    }

    [Fact]
    public void TwoLibtorchsInOneProcessAreRefused()
    {
        using var folder = new Support.TemporaryFolder();
        File.WriteAllText(folder.Path + "/libtorch_cpu.so", "another");

        Should.Throw<DeviceException>(() => TorchLibraries.Load(folder.Path, AppContext.BaseDirectory)).Message.ShouldContain("built with a libtorch of its own. Publish it with -p:MammutTorch=external");
        Should.Throw<DeviceException>(() => TorchLibraries.Load("/no/such/folder", AppContext.BaseDirectory)).Message
            .ShouldBe("MAMMUT_LIBTORCH is '/no/such/folder', but there is no such folder: give the lib folder of an installed PyTorch.");
    }
}
