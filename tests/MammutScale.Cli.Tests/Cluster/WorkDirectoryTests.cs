using MammutScale.Cli.Cluster;
using MammutScale.Cli.Output;
using MammutScale.TestKit;

namespace MammutScale.Cli.Tests.Cluster;

public sealed class WorkDirectoryTests
{
    [Fact]
    public void TheSecondOwnerIsRefusedByName_AndTheFolderIsFreeAfterTheFirst()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("work");
        using (WorkDirectory.Own(path))
        {
            var refusal = Should.Throw<UserException>(() => WorkDirectory.Own(path));
            refusal.Message.ShouldContain(path);
            refusal.Message.ShouldContain("--work-dir");
        }

        using var again = WorkDirectory.Own(path);
        Directory.Exists(again.Store).ShouldBeTrue();
        Directory.Exists(again.Logs).ShouldBeTrue();
    }

    [Fact]
    public void AFileInThePlaceOfTheFolderIsRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("work"), "");
        Should.Throw<UserException>(() => WorkDirectory.Own(folder.File("work"))).Message.ShouldContain(folder.File("work"));
    }
}
