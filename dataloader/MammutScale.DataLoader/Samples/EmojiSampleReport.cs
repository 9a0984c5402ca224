namespace MammutScale.DataLoader.Samples;

/// <summary>What <see cref="EmojiSampleBuilder"/> wrote.</summary>
/// <param name="TrainRows">Noto drawings, skin tones included.</param>
/// <param name="EvalRows">Twemoji drawings, one a concept.</param>
/// <param name="VocabularySize">Tokens in vocab.txt.</param>
/// <param name="Bytes">Size of all files together.</param>
/// <param name="Files">Paths relative to the output folder.</param>
public sealed record EmojiSampleReport(int TrainRows, int EvalRows, int VocabularySize, long Bytes, IReadOnlyList<string> Files);
