using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Samples;
using MammutScale.DataLoader.Scenes.Artwork;
using MammutScale.DataLoader.Scenes.Clips;
using MammutScale.DataLoader.Scenes.Stills;

namespace MammutScale.DataLoader.Scenes;

/// <summary>
/// Composes the emoji samples into labelled scenes, as Parquet: <c>captions/</c>, <c>questions/</c> and <c>detection/</c> of
/// pictures, <c>clip-captions/</c> and <c>clip-questions/</c> of short videos; each with <c>train/</c>, <c>eval/</c> (new scenes
/// of known classes) and <c>novel/</c> (every scene has a class that training never shows).
/// </summary>
/// <param name="samples">The folder of the emoji samples, or their <c>train</c> folder.</param>
/// <param name="output">Where to write.</param>
public sealed class SceneBuilder(string samples, string output, SceneOptions options)
{
    private const int RowsPerGroup = 100, RowsPerFile = 2000;

    private readonly Dictionary<string, int> _rows = [];
    private readonly List<string> _files = [];

    /// <exception cref="DataFormatException">The samples are missing, or clips cannot be encoded here.</exception>
    public async Task<SceneReport> BuildAsync(CancellationToken cancellation = default)
    {
        var art = await ArtShelf.ReadAsync(samples, options.Classes, options.HeldOut, cancellation).ConfigureAwait(false);
        ObjectArt[] known = [.. art.Where(a => !a.HeldOut)], hidden = [.. art.Where(a => a.HeldOut)];
        var splits = new (string Name, int Scenes, int Clips, ObjectArt[]? Needed)[]
        {
            ("train", options.TrainScenes, options.TrainClips, null), ("eval", options.EvalScenes, options.EvalClips, null), ("novel", options.EvalScenes, options.EvalClips, hidden),
        };
        foreach (var (split, (name, scenes, clips, needed)) in splits.Index())
        {
            var stills = Stills(split, scenes, known, needed, cancellation);
            await WriteAsync(SceneTables.Captions, "captions", name, stills, cancellation).ConfigureAwait(false);
            await WriteAsync(SceneTables.Detection, "detection", name, stills, cancellation).ConfigureAwait(false);
            await WriteAsync(SceneTables.Questions, "questions", name, [.. stills.SelectMany(s => s.Questions.Select((q, i) => (s, q, i)))], cancellation).ConfigureAwait(false);
            var moving = Clips(split, clips, known, needed, cancellation);
            await WriteAsync(SceneTables.ClipCaptions, "clip-captions", name, moving, cancellation).ConfigureAwait(false);
            await WriteAsync(SceneTables.ClipQuestions, "clip-questions", name, [.. moving.SelectMany(s => s.Questions.Select((q, i) => (s, q, i)))], cancellation).ConfigureAwait(false);
        }
        return new(_rows, [.. known.Select(a => a.Name)], [.. hidden.Select(a => a.Name)], _files.Sum(f => new FileInfo(f).Length));
    }

    private List<StillRow> Stills(int split, int count, ObjectArt[] known, ObjectArt[]? needed, CancellationToken cancellation)
    {
        List<StillRow> rows = new(count);
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var draws = SceneDraws(split, i, clip: false);
            var still = StillComposer.Compose(known, needed, options.PictureSize, ref draws);
            var questions = StillTexts.Questions(still, needed is null ? known : [.. known, .. needed], ref draws);
            rows.Add(new($"{i:D9}", still, StillTexts.Captions(still), questions, StillRenderer.Render(still, ref draws)));
        }
        return rows;
    }

    private List<ClipRow> Clips(int split, int count, ObjectArt[] known, ObjectArt[]? needed, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("mammut-clips-").FullName;
        try
        {
            List<ClipRow> rows = new(count);
            for (int i = 0; i < count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var draws = SceneDraws(split, i, clip: true);
                var clip = ClipComposer.Compose(known, needed, options.ClipSize, options.ClipFrames, ref draws);
                var questions = ClipTexts.Questions(clip, ref draws);
                rows.Add(new($"{i:D9}", clip, ClipTexts.Captions(clip), questions, ClipRenderer.Render(clip, Path.Combine(folder, "clip.mp4"), ref draws)));
            }
            return rows;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Draws SceneDraws(int split, int number, bool clip) => new(Keys.Derive(Keys.Derive(Keys.Derive(options.Seed, (ulong)split), clip ? 1UL : 0), (ulong)number));

    private async Task WriteAsync<TRow>(TableWriter<TRow> table, string kind, string split, IReadOnlyList<TRow> rows, CancellationToken cancellation)
    {
        if (rows.Count == 0) return;
        int files = (rows.Count + RowsPerFile - 1) / RowsPerFile;
        _files.AddRange(await table.WriteAsync(Path.Combine(output, kind, split), rows, files, RowsPerGroup, cancellation).ConfigureAwait(false));
        _rows[$"{kind}/{split}"] = rows.Count;
    }
}
