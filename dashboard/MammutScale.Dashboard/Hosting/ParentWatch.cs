using System.Globalization;

namespace MammutScale.Dashboard.Hosting;

/// <summary>Tells when a process is gone, also when its number was given to another or it stays as a zombie.</summary>
internal sealed class ParentWatch(int processId, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly string? _start = StartTime(processId);

    public async Task WaitForEndAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            if (_start is null || StartTime(processId) != _start) return;
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>When the process started, in ticks since boot; null when it does not run.</summary>
    private static string? StartTime(int processId)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            // the name in brackets may hold spaces: fields are counted after it (state is the first, the start the 20th)
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[19];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
