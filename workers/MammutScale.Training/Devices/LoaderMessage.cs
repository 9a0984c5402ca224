namespace MammutScale.Training.Devices;

/// <summary>What the operating system's loader says, without what .NET puts around it.</summary>
internal static class LoaderMessage
{
    public static string Of(Exception fault)
    {
        var lines = fault.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // the library itself was found: the line that names something else tells what it lacks
        return lines.FirstOrDefault(l => l.Contains("GLIBC", StringComparison.Ordinal) || l.Contains("undefined symbol", StringComparison.Ordinal))
            ?? lines.FirstOrDefault(l => l.Contains(": ", StringComparison.Ordinal) && l.Contains("cannot open shared object file", StringComparison.Ordinal) && !l.Contains("/libtorch_cuda.so:", StringComparison.Ordinal))
            ?? lines.FirstOrDefault(l => l.Contains(": ", StringComparison.Ordinal))
            ?? fault.Message;
    }
}
