using MammutScale.DataLoader.Text;

namespace MammutScale.DataLoader.Benchmarks;

/// <summary>What <see cref="LoaderBench"/> measures on.</summary>
public sealed record LoaderBenchOptions
{
    /// <summary>Tokenizes the captions, as training does.</summary>
    public required ITextTokenizer Tokenizer { get; init; }

    /// <summary>JPEG pictures of 256 × 256 in the data set, about 30 KB each.</summary>
    public int Pictures { get; init; } = 1024;

    /// <summary>Side of the decoded pictures.</summary>
    public int Size { get; init; } = 224;

    /// <summary>Decoding threads, and workers of the peer; 0 for one a core.</summary>
    public int Threads { get; init; }

    /// <summary>Rounds; limit and loader take turns, and the medians are compared.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>The peer's script; null for no peer.</summary>
    public string? PeerScript { get; init; }

    /// <summary>Python interpreter of the peer; null to look for one with PyTorch and Pillow.</summary>
    public string? Python { get; init; }
}
