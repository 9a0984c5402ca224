using System.CommandLine;
using MammutScale.Cli.Output;
using MammutScale.Cli.Runs;
using MammutScale.Model;
using MammutScale.Model.Sizing;
using MammutScale.Model.Weights;

namespace MammutScale.Cli.Commands;

/// <summary>`mammut export` and `mammut import`: weights out and in, under open_clip's names.</summary>
internal static class WeightsCommands
{
    public static Command Export()
    {
        var checkpoint = new Option<string>("--checkpoint") { Description = "…/runs/NAME/checkpoints/step-00001200, or …/runs/NAME for its newest.", Required = true };
        var format = new Option<string>("--format") { Description = "open_clip (upstream's names), openmammut (the LAION fork's names) or safetensors (open_clip's names as well).", DefaultValueFactory = _ => "open_clip" };
        format.AcceptOnlyFromAmong("open_clip", "openmammut", "safetensors");
        var output = new Option<string>("--output", "-o") { Description = "The safetensors file; its configuration is written beside it as JSON, and video tubes, which open_clip does not know, as NAME.video.safetensors.", Required = true };
        var average = new Option<bool>("--ema") { Description = "The running average of the weights instead of the last ones." };
        var command = new Command("export", "Writes a checkpoint's weights as open_clip reads them.") { Options = { checkpoint, format, output, average } };
        return command.DoesWithTorch(async (parse, report, cancellation) =>
        {
            string path = parse.GetValue(output)!;
            using var loaded = await CheckpointPath.LoadAsync(parse.GetValue(checkpoint)!, parse.GetValue(average), cancellation);
            OpenClipFiles.Export(loaded.Model, path, parse.GetValue(format) == "openmammut" ? ModelLayout.OpenClipMammut : ModelLayout.OpenClip);
            string? tubes = loaded.Video is null ? null : VideoFiles.Export(loaded.Video, path);
            long parameters = ParameterCount.Of(loaded.Model.Config, loaded.Video?.Config).Total;
            report.Result(new { weights = path, config = OpenClipFiles.ConfigPath(path), video = tubes, step = loaded.Manifest.Step, parameters, bytes = new FileInfo(path).Length },
                r => r.Line($"Step {loaded.Manifest.Step:N0}, {parameters:N0} parameters: {path}, configuration {OpenClipFiles.ConfigPath(path)}{(tubes is null ? "" : $", video tubes {tubes}")}."));
            return 0;
        });
    }

    public static Command Import()
    {
        var weights = new Argument<string>("weights") { Description = "A safetensors file with open_clip's names, of either layout." };
        var config = new Option<string?>("--config") { Description = "The model's configuration; by default the JSON beside the weights." };
        var output = new Option<string?>("--output", "-o") { Description = "Write the weights here, under upstream open_clip's names." };
        var command = new Command("import", "Checks a weight file against its configuration, tensor by tensor, and rewrites it.") { Arguments = { weights }, Options = { config, output } };
        return command.DoesWithTorch((parse, report, _) =>
        {
            string path = parse.GetValue(weights)!;
            if (!File.Exists(path)) throw new UserException($"There is no file {path}.");
            var (shape, found) = OpenClipFiles.Inspect(path, parse.GetValue(config));
            var tubes = VideoFiles.Find(path);
            if (found.IsMatch && parse.GetValue(output) is { } target)
            {
                using var model = OpenClipFiles.Import(path, parse.GetValue(config));
                OpenClipFiles.Export(model, target, ModelLayout.OpenClip);
                if (tubes is not null)
                {
                    using var video = VideoFiles.Import(model, path);
                    VideoFiles.Export(video, target);
                }
            }

            report.Result(new { weights = path, matches = found.IsMatch, parameters = ParameterCount.Of(shape, tubes).Total, video = tubes is null ? null : VideoFiles.PathOf(path), found.Missing, found.Unexpected, mis_shaped = found.Misfits, output = found.IsMatch ? parse.GetValue(output) : null }, r =>
            {
                if (found.IsMatch) r.Line($"{path}: every tensor of the model is there, {ParameterCount.Of(shape, tubes).Total:N0} parameters{(tubes is null ? "" : $" with the video tubes of {VideoFiles.PathOf(path)}")}.{(parse.GetValue(output) is { } o ? $" Written to {o}." : "")}");
                else
                {
                    r.Table(["", "tensor", "found", "expected"], found.Missing.Select(n => new[] { "missing", n, "", "" })
                        .Concat(found.Unexpected.Select(n => new[] { "unexpected", n, "", "" }))
                        .Concat(found.Misfits.Select(m => new[] { "mis-shaped", m.Name, m.Found, m.Expected })));
                    r.Line($"{path} does not fit its configuration: {found.Missing.Count} missing, {found.Unexpected.Count} unexpected, {found.Misfits.Count} mis-shaped.");
                }
            });
            return Task.FromResult(found.IsMatch ? 0 : 1);
        });
    }
}
