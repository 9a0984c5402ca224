using System.Globalization;

namespace MammutScale.Processes;

/// <summary>
/// The options of a process of the cluster: --name value or --name=value, else the environment's MAMMUT_NAME. Every fault is
/// collected, so that a user meets all of them at once.
/// </summary>
internal sealed class ProcessArguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly Func<string, string?> _environment;

    public ProcessArguments(IReadOnlyList<string> args, IReadOnlyCollection<string> known, Func<string, string?>? environment = null)
    {
        _environment = environment ?? Environment.GetEnvironmentVariable;
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args[i]);
            if (name is null || !known.Contains(name))
            {
                Faults.Add($"'{args[i]}' is not an option; there are {string.Join(", ", known.Select(k => $"--{k}"))}");
                // what follows an unknown option is most likely its value
                if (name is not null && value is null && i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal)) i++;
                continue;
            }

            if (value is null && i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal)) value = args[++i];
            if (string.IsNullOrEmpty(value)) Faults.Add($"--{name} needs a value");
            else _values[name] = value;
        }
    }

    public List<string> Faults { get; } = [];

    public string? Text(string name)
        => _values.TryGetValue(name, out var value) ? value
            : _environment($"MAMMUT_{name.Replace('-', '_').ToUpperInvariant()}") is { Length: > 0 } set ? set : null;

    public int? Number(string name, int least, int most)
    {
        if (Text(name) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Faults.Add($"--{name} is '{text}', a whole number from {least} to {most} is needed");
        return null;
    }

    public double? Seconds(string name, double least, double most)
    {
        if (Text(name) is not { } text) return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Faults.Add(FormattableString.Invariant($"--{name} is '{text}', seconds from {least} to {most} are needed"));
        return null;
    }

    private static (string? Name, string? Value) Split(string argument)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal)) return (null, null);
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument[2..], null) : (argument[2..equals], argument[(equals + 1)..]);
    }
}
