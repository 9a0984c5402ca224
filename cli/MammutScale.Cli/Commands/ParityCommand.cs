using System.CommandLine;
using MammutScale.Model.Parity;

namespace MammutScale.Cli.Commands;

/// <summary>`mammut parity`: a reference fixture against our model, tensor by tensor.</summary>
internal static class ParityCommand
{
    public static Command Create()
    {
        var fixture = new Argument<string>("fixture") { Description = "The fixture, *.safetensors with its configuration *.json beside it." };
        var command = new Command("parity", "Loads a reference fixture and prints the largest error of every expected tensor.") { Arguments = { fixture } };
        return command.DoesWithTorch((parse, report, _) =>
        {
            var result = ParityRun.Run(parse.GetValue(fixture)!);
            var checks = result.Checks.Select(c => new { c.Name, c.MaxAbsError, c.RelativeError, c.Tolerance, tolerance_is_relative = c.IsRelative, c.Undetermined, c.Passed }).ToArray();
            report.Result(new { result.Name, result.Passed, result.MaxAbsError, checks }, r =>
            {
                r.Table(["", "tensor", "max abs error", "relative", "tolerance", "undetermined"], result.Checks.Select(c => new[]
                {
                    c.Passed ? "ok" : "FAIL", c.Name, $"{c.MaxAbsError:E2}", $"{c.RelativeError:E2}", $"{c.Tolerance:E1} {(c.IsRelative ? "relative" : "absolute")}", c.Undetermined == 0 ? "" : $"{c.Undetermined:N0}",
                }));
                r.Line(result.Passed ? $"{result.Name}: {result.Checks.Count} tensors agree, largest error {result.MaxAbsError:E2}." : $"{result.Name}: {result.Failures.Count()} of {result.Checks.Count} tensors differ.");
            });
            return Task.FromResult(result.Passed ? 0 : 1);
        });
    }
}
