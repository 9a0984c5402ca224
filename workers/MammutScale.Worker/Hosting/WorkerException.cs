using MammutScale.Worker.Generations;

namespace MammutScale.Worker.Hosting;

/// <summary>The worker cannot start or go on; the message is one sentence for people.</summary>
public sealed class WorkerException(string message, int exitCode = ExitCodes.Configuration, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
