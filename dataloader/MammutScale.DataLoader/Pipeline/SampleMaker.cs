using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Video;

namespace MammutScale.DataLoader.Pipeline;

/// <summary>Makes one sample of one row. One for every decoding thread.</summary>
internal sealed class SampleMaker(LoaderOptions options) : IDisposable
{
    private readonly PictureDecoder _pictures = new(options.Picture);
    private readonly ClipDecoder? _clips = options.Clip is { } clip ? new(options.Picture, clip) : null;

    /// <param name="row">A good row, as far as its columns tell.</param>
    /// <param name="isClip">Its media is a clip.</param>
    /// <param name="key">Key of (seed, epoch, sample).</param>
    /// <param name="planes">Room for [T, 3, S, S]; a picture fills the first [3, S, S].</param>
    /// <param name="ids">[L].</param>
    /// <param name="length">Ids that are not padding.</param>
    /// <returns>Null when the sample was made, else what is wrong with the row.</returns>
    internal string? Make(SampleRow row, bool isClip, ulong key, Span<float> planes, Span<long> ids, out int length)
    {
        length = 0;
        // Text first: it costs a hundredth of the picture.
        if (TextOf(row, key) is not { } text) return "no caption";
        length = options.Tokenizer.Encode(text, ids);
        if (length == 2) return "a caption without any word";
        if (isClip)
        {
            var clip = _clips!.Decode(row.Media.Span, key, planes);
            return clip.Ok ? null : clip.Reason;
        }
        var result = _pictures.Decode(row.Media.Span, key, planes[..options.Picture.FloatsPerPicture]);
        return result.Ok ? null : result.Reason;
    }

    public void Dispose() => _clips?.Dispose();

    /// <summary>The caption; for questions the question with one of its answers behind it.</summary>
    private string? TextOf(SampleRow row, ulong key)
    {
        if (row.Captions.Count > 0) return options.Captions.Choose(row.Captions, key);
        if (row.Question is not { } question || row.Answers.Count == 0) return null;
        int answer = row.Answers.Count == 1 ? 0 : Draws.For(key, DrawUse.Caption).NextBelow(row.Answers.Count);
        return $"{question} {row.Answers[answer]}";
    }
}
