namespace MammutScale.DataLoader.Benchmarks;

/// <summary>Figures of one run of <see cref="LoaderBench"/>.</summary>
/// <param name="SamplesPerSecond">Of the whole loader: Parquet to batches.</param>
/// <param name="LimitRatio">Against a loop on the same threads that only decodes pictures that lie in memory.</param>
/// <param name="PeerRatio">Against PyTorch's DataLoader with Pillow; null without it.</param>
/// <param name="LimitSamplesPerSecond">Of the loop.</param>
/// <param name="PeerSamplesPerSecond">Of the peer; null without it.</param>
/// <param name="PeerMissing">Why there is no peer; null when there is.</param>
/// <param name="Threads">Decoding threads.</param>
/// <param name="MeanPictureBytes">Mean size of an encoded picture.</param>
public sealed record LoaderBenchResult(
    double SamplesPerSecond, double LimitRatio, double? PeerRatio, double LimitSamplesPerSecond, double? PeerSamplesPerSecond, string? PeerMissing, int Threads, double MeanPictureBytes);
