using MammutScale.Contracts;

namespace MammutScale.Worker.Reporting;

/// <summary>What the data pipeline has to tell.</summary>
/// <param name="BadRows">Bad rows that this process has met.</param>
/// <param name="NewestBadRow">The last one in one sentence; empty when there is none.</param>
/// <param name="Sources">How far the sources are.</param>
internal sealed record DataNews(long BadRows, string NewestBadRow, IReadOnlyList<SourceProgress> Sources);
