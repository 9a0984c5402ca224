namespace MammutScale.TestKit;

/// <summary>Places of the checkout that the tests run from.</summary>
public static class Repository
{
    /// <summary>The folder that holds MammutScale.sln.</summary>
    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Output folder of a project as `dotnet build -c Release` leaves it.</summary>
    public static string Output(string project) => PathOf("artifacts", "bin", project, "release_linux-x64");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MammutScale.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No MammutScale.sln above {AppContext.BaseDirectory}: tests run from the checkout's artifacts folder.");
    }
}
