using MammutScale.Contracts;

namespace MammutScale.Dashboard.Live;

/// <summary>What a hub tells its subscribers.</summary>
internal abstract record LiveMessage;

/// <summary>The run changed.</summary>
internal sealed record RunChanged(RunUpdate Update) : LiveMessage;

/// <summary>A sign of life, or of its absence. Times are those of this process.</summary>
/// <param name="Heard">When the coordinator last answered; null when it never did.</param>
/// <param name="RetryAt">When it is asked again, while it is away.</param>
internal sealed record Contact(bool Reachable, DateTimeOffset? Heard, DateTimeOffset? RetryAt) : LiveMessage;
