using System.CommandLine;

namespace MammutScale.Cli.Output;

/// <summary>Runs a command so that every failure is one sentence on standard error and a non-zero exit code.</summary>
internal static class Failures
{
    private const int Failed = 1;
    private const int Interrupted = 130;

    public static readonly Option<bool> JsonOption = new("--json") { Description = "One JSON document on standard output, everything else on standard error." };

    /// <summary>Gives <paramref name="command"/> its action and the --json option.</summary>
    public static Command Does(this Command command, Func<ParseResult, Report, CancellationToken, Task<int>> action)
    {
        command.Options.Add(JsonOption);
        command.SetAction((parse, cancellation) => GuardAsync(() => action(parse, new Report(parse.GetValue(JsonOption)), cancellation)));
        return command;
    }

    public static async Task<int> GuardAsync(Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (Exception error) when (MessageFor(error) is { } message)
        {
            await Console.Error.WriteLineAsync($"mammut: {message}");
            return Failed;
        }
    }

    private static string? MessageFor(Exception? error)
    {
        for (; error is not null; error = error is AggregateException { InnerExceptions.Count: 1 } one ? one.InnerExceptions[0] : error.InnerException)
        {
            switch (error)
            {
                case UserException or FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException:
                    return error.Message;
                case TypeInitializationException { InnerException: { } inner }:
                    return inner.Message;
                default:
                    // the exceptions of our own components mark boundaries; their messages are written for users
                    if (error.GetType().Namespace?.StartsWith("MammutScale.", StringComparison.Ordinal) == true) return error.Message;
                    break;
            }
        }

        return null;
    }
}
