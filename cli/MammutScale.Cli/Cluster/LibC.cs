using System.Runtime.InteropServices;

namespace MammutScale.Cli.Cluster;

internal static partial class LibC
{
    public const int Terminate = 15;
    public const int Kill = 9;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int SendSignal(int processId, int signal);
}
