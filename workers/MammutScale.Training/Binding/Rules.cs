using System.Globalization;

namespace MammutScale.Training.Binding;

/// <summary>A rule that a number (or every number of a list) has to keep.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal abstract class RuleAttribute : Attribute
{
    public abstract bool Allows(double value);

    /// <summary>"must be at least 1".</summary>
    public abstract string Says { get; }

    protected static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

internal sealed class AtLeastAttribute(double bound) : RuleAttribute
{
    public double Bound { get; } = bound;

    public override bool Allows(double value) => value >= Bound;

    public override string Says => $"must be at least {Text(Bound)}";
}

internal sealed class MoreThanAttribute(double bound) : RuleAttribute
{
    public double Bound { get; } = bound;

    public override bool Allows(double value) => value > Bound && double.IsFinite(value);

    public override string Says => $"must be more than {Text(Bound)}";
}

/// <summary>Both ends belong to the range.</summary>
internal sealed class BetweenAttribute(double low, double high) : RuleAttribute
{
    public double Low { get; } = low;

    public double High { get; } = high;

    public override bool Allows(double value) => value >= Low && value <= High;

    public override string Says => $"must lie between {Text(Low)} and {Text(High)}";
}

/// <summary>The key has to be there.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MandatoryAttribute(string remedy) : Attribute
{
    public string Remedy { get; } = remedy;
}

/// <summary>A list of exactly this many elements.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ElementsAttribute(int count) : Attribute
{
    public int Count { get; } = count;
}

/// <summary>The keys that a map may have.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KeysAttribute(params string[] keys) : Attribute
{
    public string[] Keys { get; } = keys;
}

/// <summary>A section that may be written as a single value, which then stands for this key.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ScalarFormAttribute(string key) : Attribute
{
    public string Key { get; } = key;
}
