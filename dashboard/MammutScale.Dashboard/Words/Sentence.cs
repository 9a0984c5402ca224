using System.Text;

namespace MammutScale.Dashboard.Words;

/// <summary>
/// The state of a run in words: two lines, and what the page shows beside them. Times that go on counting are not
/// written out but named (<see cref="Segment"/>), so that the line stays true between two updates.
/// </summary>
public sealed record Sentence
{
    /// <summary>Glyph and state word: running, slow, degraded, recovering, waiting, queued, paused, failed, completed, stopped, stale.</summary>
    public required string State { get; init; }

    /// <summary>ok, warn, bad, info, idle or ink.</summary>
    public required string Tone { get; init; }

    public required IReadOnlyList<Segment> First { get; init; }

    public required IReadOnlyList<Segment> Second { get; init; }

    /// <summary>Both lines as they read at <paramref name="now"/>.</summary>
    public string Read(DateTimeOffset now)
    {
        var text = new StringBuilder();
        foreach (var part in First) text.Append(part.Read(now));
        if (Second.Count > 0) text.Append('\n');
        foreach (var part in Second) text.Append(part.Read(now));
        return text.ToString();
    }
}

/// <summary>A piece of a sentence: words, or a time that the page counts.</summary>
public sealed record Segment
{
    public string? Text { get; init; }

    /// <summary>Said with weight, in the colour of the sentence's state.</summary>
    public bool Strong { get; init; }

    /// <summary>The age of this moment (Unix milliseconds).</summary>
    public long? Since { get; init; }

    /// <summary>A moment that only the page knows: <c>heard</c> (last word of the run) or <c>retry</c> (next try).</summary>
    public string? Clock { get; init; }

    /// <summary>Part of the page to go to.</summary>
    public string? Target { get; init; }

    public string Read(DateTimeOffset now)
        => Text ?? (Since is { } since ? Figures.Age(now.ToUnixTimeMilliseconds() / 1000.0 - since / 1000.0) : "{" + Clock + "}");

    public static Segment Say(string text) => new() { Text = text };

    public static Segment Heavy(string text) => new() { Text = text, Strong = true };

    public static Segment AgeOf(DateTimeOffset moment) => new() { Since = moment.ToUnixTimeMilliseconds() };
}
