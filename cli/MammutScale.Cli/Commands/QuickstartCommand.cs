using System.CommandLine;
using MammutScale.Cli.Output;
using MammutScale.Cli.Runs;
using MammutScale.Training.Configuration;

namespace MammutScale.Cli.Commands;

/// <summary>`mammut quickstart`: the main job on the sample data, on this machine.</summary>
internal static class QuickstartCommand
{
    private static readonly Option<long?> Steps = new("--steps") { Description = "Optimizer steps; by default what about eight minutes on two cores allow." };
    private static readonly Option<bool> NoBrowser = new("--no-browser") { Description = "Do not open the dashboard in a browser." };

    public static Command Create()
    {
        var command = new Command("quickstart", "Trains mammut-tiny on the sample data with a coordinator, a dashboard and workers as processes on this machine.");
        foreach (var option in new Option[] { Steps, TrainCommand.Workers, TrainCommand.Device, TrainCommand.Port, NoBrowser, TrainCommand.Exit, TrainCommand.WorkDir, TrainCommand.Profile, TrainCommand.Set }) command.Options.Add(option);
        return command.Does((parse, report, cancellation) =>
        {
            string samples = FindSamples();
            var overrides = TrainCommand.Overrides(parse);
            if (parse.GetValue(Steps) is { } steps) overrides.Add($"train.steps={steps}");
            var file = RunFile.Load(Path.Combine(samples, "quickstart.yaml"), overrides).WithAbsolutePaths(samples);
            return LocalRun.RunAsync(TrainCommand.Options(parse, file, Path.Combine(".work", "quickstart")) with { OpenBrowser = !parse.GetValue(NoBrowser) }, report, cancellation);
        });
    }

    /// <summary>dataloader/samples of the checkout that this program was built in, or beside the program.</summary>
    public static string FindSamples()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (string place in new[] { Path.Combine(folder.FullName, "dataloader", "samples"), Path.Combine(folder.FullName, "samples") })
            {
                if (File.Exists(Path.Combine(place, "quickstart.yaml"))) return place;
            }
        }

        throw new UserException("The sample data (dataloader/samples) is not beside this program; run ./mammut from a checkout.");
    }
}
