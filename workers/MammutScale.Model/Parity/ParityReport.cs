using System.Text.Json;
using System.Text.Json.Serialization;

namespace MammutScale.Model.Parity;

/// <summary>One tensor compared with the reference.</summary>
/// <param name="Name">Its name in the fixture.</param>
/// <param name="MaxAbsError">Largest absolute difference.</param>
/// <param name="RelativeError">Largest absolute difference over the largest absolute value of the reference.</param>
/// <param name="Tolerance">What the compared error may be.</param>
/// <param name="IsRelative">Whether the tolerance bounds the relative error.</param>
/// <param name="Undetermined">
/// Elements kept apart because the reference does not determine them: AdamW steps by ±lr in the direction of the gradient's sign, and
/// these gradients are rounding noise around zero.
/// </param>
/// <param name="UndeterminedError">Largest absolute difference among those; bounded by the optimizer's steps, not by the tolerance.</param>
public sealed record ParityCheck(
    string Name, double MaxAbsError, double RelativeError, double Tolerance, bool IsRelative, long Undetermined = 0, double UndeterminedError = 0)
{
    public bool Passed => (IsRelative ? RelativeError : MaxAbsError) <= Tolerance;
}

/// <summary>Every tensor of a fixture compared.</summary>
/// <param name="Name">The fixture.</param>
/// <param name="Checks">In the order: outputs, gradients, optimizer steps.</param>
public sealed record ParityReport(string Name, IReadOnlyList<ParityCheck> Checks)
{
    // a NaN must be seen, not crash the writer
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public bool Passed => Checks.Count > 0 && Checks.All(c => c.Passed);

    /// <summary>The largest absolute error over all tensors; NaN where there is one.</summary>
    public double MaxAbsError => Checks.Select(c => c.MaxAbsError).DefaultIfEmpty(double.NaN).Aggregate(Math.Max);

    public IEnumerable<ParityCheck> Failures => Checks.Where(c => !c.Passed);

    /// <summary>One JSON object: `name`, `passed`, `max_abs_error`, `tensors[{name, max_abs_error, relative_error, tolerance, compares, passed, undetermined, undetermined_error}]`.</summary>
    public string ToJson() => JsonSerializer.Serialize(new
    {
        name = Name,
        passed = Passed,
        max_abs_error = MaxAbsError,
        tensors = Checks.Select(c => new
        {
            name = c.Name,
            max_abs_error = c.MaxAbsError,
            relative_error = c.RelativeError,
            tolerance = c.Tolerance,
            compares = c.IsRelative ? "relative_error" : "max_abs_error",
            passed = c.Passed,
            undetermined = c.Undetermined,
            undetermined_error = c.UndeterminedError,
        }),
    }, Readable);
}
