using System.CommandLine;
using MammutScale.Cli.Output;
using MammutScale.Cli.Runs;
using MammutScale.Training.Configuration;
using MammutScale.Training.Devices;

namespace MammutScale.Cli.Commands;

/// <summary>`mammut train -c run.yaml`: any run file on a cluster of local processes.</summary>
internal static class TrainCommand
{
    public static readonly Option<int> Workers = new("--workers") { Description = "Worker processes.", DefaultValueFactory = _ => Math.Clamp(Environment.ProcessorCount, 1, 2) };
    public static readonly Option<int?> Port = new("--port") { Description = "Port of the dashboard; by default the first free one from 8080 on." };
    public static readonly Option<bool> Exit = new("--exit") { Description = "End when the run ends and print a summary." };
    public static readonly Option<string?> WorkDir = new("--work-dir") { Description = "Folder for state, checkpoints and logs." };
    public static readonly Option<string[]> Set = new("--set") { Description = "key=value: overrides a key of the run file, e.g. --set optim.lr=0.0005.", AllowMultipleArgumentsPerToken = true };
    public static readonly Option<int?> Profile = new("--profile") { Description = "Write the first so many steps of all workers as a Chrome trace (Perfetto opens it)." };
    public static readonly Option<string?> Device = new("--device") { Description = "What the workers train on: auto (a GPU where there is one), cpu, cuda (one GPU for each worker) or cuda:N." };
    private static readonly Option<string> Config = new("--config", "-c") { Description = "The run file, YAML.", Required = true };

    public static Command Create()
    {
        var command = new Command("train", "Trains from a run file with a coordinator, a dashboard and workers as processes on this machine.");
        foreach (var option in new Option[] { Config, Workers, Device, Port, Exit, WorkDir, Profile, Set }) command.Options.Add(option);
        return command.Does((parse, report, cancellation) =>
        {
            string path = parse.GetValue(Config)!;
            var file = RunFile.Load(path, Overrides(parse)).WithAbsolutePaths(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return LocalRun.RunAsync(Options(parse, file, Path.Combine(".work", file.Name)), report, cancellation);
        });
    }

    /// <summary>What --set and --profile say, as overrides of the run file.</summary>
    public static List<string> Overrides(ParseResult parse)
    {
        List<string> overrides = [.. parse.GetValue(Set) ?? []];
        if (parse.GetValue(Profile) is { } steps) overrides.Add($"log.profile_steps={steps}");
        return overrides;
    }

    public static LocalRunOptions Options(ParseResult parse, RunFile file, string workDirectory)
    {
        int workers = parse.GetValue(Workers);
        if (workers < 1) throw new UserException($"--workers must be at least 1, found {workers}.");
        if (workers > file.Data.Lanes) throw new UserException($"--workers is {workers}, but the run has {file.Data.Lanes} lanes and a worker needs one; lower --workers or raise data.lanes.");
        return new LocalRunOptions
        {
            File = file,
            WorkDirectory = parse.GetValue(WorkDir) ?? workDirectory,
            Workers = workers,
            Device = CheckedDevice(parse.GetValue(Device)),
            Port = parse.GetValue(Port),
            Exit = parse.GetValue(Exit) || parse.GetValue(Failures.JsonOption),
        };
    }

    /// <summary>Says at once what every worker would say later.</summary>
    private static string? CheckedDevice(string? text)
    {
        if (text is not null) DeviceOption.Open(text);
        else if (TorchLibraries.IsExternal) TorchLibraries.Load();
        return text;
    }
}
