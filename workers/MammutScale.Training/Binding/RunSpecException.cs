namespace MammutScale.Training.Binding;

/// <summary>A run file that cannot be used. The message lists every error, each with its key, its value, the rule and what to do.</summary>
public sealed class RunSpecException : Exception
{
    public RunSpecException(IReadOnlyList<string> errors)
        : base(errors.Count == 1 ? $"The run file has an error: {errors[0]}" : $"The run file has {errors.Count} errors:\n  - {string.Join("\n  - ", errors)}") =>
        Errors = errors;

    public IReadOnlyList<string> Errors { get; }
}
