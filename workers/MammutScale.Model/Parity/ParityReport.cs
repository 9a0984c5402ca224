namespace MammutScale.Model.Parity;

/// <summary>One tensor compared with the reference.</summary>
/// <param name="Name">Its name in the fixture.</param>
/// <param name="MaxAbsError">Largest absolute difference.</param>
/// <param name="RelativeError">Largest absolute difference over the largest absolute value of the reference.</param>
/// <param name="Tolerance">What the compared error may be.</param>
/// <param name="IsRelative">Whether the tolerance bounds the relative error.</param>
/// <param name="Undetermined">
/// Elements left out because the reference does not determine them: AdamW steps by ±lr in the direction of the gradient's sign, and
/// these gradients are rounding noise around zero.
/// </param>
public sealed record ParityCheck(string Name, double MaxAbsError, double RelativeError, double Tolerance, bool IsRelative, long Undetermined = 0)
{
    public bool Passed => (IsRelative ? RelativeError : MaxAbsError) <= Tolerance;
}

/// <summary>Every tensor of a fixture compared.</summary>
/// <param name="Name">The fixture.</param>
/// <param name="Checks">In the order: outputs, gradients, optimizer steps.</param>
public sealed record ParityReport(string Name, IReadOnlyList<ParityCheck> Checks)
{
    public bool Passed => Checks.Count > 0 && Checks.All(c => c.Passed);

    /// <summary>The largest absolute error over all tensors.</summary>
    public double MaxAbsError => Checks.Count == 0 ? double.NaN : Checks.Max(c => c.MaxAbsError);

    public IEnumerable<ParityCheck> Failures => Checks.Where(c => !c.Passed);
}
