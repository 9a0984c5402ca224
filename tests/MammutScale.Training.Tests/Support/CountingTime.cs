namespace MammutScale.Training.Tests.Support;

/// <summary>A clock that goes on by one whenever somebody looks at it: what lies between two looks can be counted.</summary>
internal sealed class CountingTime : TimeProvider
{
    private long _looks;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => Interlocked.Increment(ref _looks);
}
