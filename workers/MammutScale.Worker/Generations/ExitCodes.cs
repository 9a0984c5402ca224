namespace MammutScale.Worker.Generations;

/// <summary>How a worker process ends.</summary>
public static class ExitCodes
{
    /// <summary>The run is over, or the worker was asked to go.</summary>
    public const int Done = 0;

    /// <summary>Something unexpected; a new process may well succeed.</summary>
    public const int Crashed = 1;

    /// <summary>Wrong options.</summary>
    public const int Configuration = 2;

    /// <summary>The run cannot go on anywhere (bad run file, missing data): a new process would end the same way.</summary>
    public const int RunCannotGoOn = 3;

    /// <summary>Torch cannot be loaded on this machine.</summary>
    public const int NoTorch = 4;

    /// <summary>The training thread did not let go of a dead generation; a new process joins in its place.</summary>
    public const int Stuck = 5;
}
