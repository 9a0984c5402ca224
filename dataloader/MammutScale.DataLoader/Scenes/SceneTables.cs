using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Samples;
using MammutScale.DataLoader.Scenes.Clips;
using MammutScale.DataLoader.Scenes.Stills;
using MammutScale.DataLoader.Scenes.Words;

namespace MammutScale.DataLoader.Scenes;

/// <summary>The layouts that scenes are written in: those that other people's data has.</summary>
internal static class SceneTables
{
    private const string Licence = "Composed from Noto emoji, Apache-2.0, Google";

    internal static TableWriter<StillRow> Captions { get; } = Of<StillRow>(
        new TextColumn<StillRow>("key", r => r.Key), new TextColumn<StillRow>("caption", r => r.Captions[0]), new TextListColumn<StillRow>("captions", r => r.Captions),
        new TextColumn<StillRow>("status", _ => "success"), new NumberColumn<StillRow>("width", r => r.Still.Size), new NumberColumn<StillRow>("height", r => r.Still.Size),
        new BytesColumn<StillRow>("webp", r => r.WebP));

    internal static TableWriter<StillRow> Detection { get; } = Of<StillRow>(
        new TextColumn<StillRow>("key", r => r.Key), new NumberColumn<StillRow>("width", r => r.Still.Size), new NumberColumn<StillRow>("height", r => r.Still.Size),
        new BoxListColumn<StillRow>("boxes", r => [.. r.Still.Objects.Select(o => new float[] { o.X, o.Y, o.X + o.Side, o.Y + o.Side })]),
        new TextListColumn<StillRow>("labels", r => [.. r.Still.Objects.Select(o => o.Name)]), new BytesColumn<StillRow>("webp", r => r.WebP));

    internal static TableWriter<(StillRow Scene, SceneQuestion Asked, int Number)> Questions { get; } = Of<(StillRow Scene, SceneQuestion Asked, int Number)>(
        new TextColumn<(StillRow Scene, SceneQuestion Asked, int Number)>("key", r => $"{r.Scene.Key}_{r.Number:D3}"),
        new TextColumn<(StillRow Scene, SceneQuestion Asked, int Number)>("question", r => r.Asked.Text),
        new TextListColumn<(StillRow Scene, SceneQuestion Asked, int Number)>("answers", r => [r.Asked.Answer]),
        new TextColumn<(StillRow Scene, SceneQuestion Asked, int Number)>("question_type", r => r.Asked.Kind),
        new BytesColumn<(StillRow Scene, SceneQuestion Asked, int Number)>("webp", r => r.Scene.WebP));

    internal static TableWriter<ClipRow> ClipCaptions { get; } = Of<ClipRow>(
        new TextColumn<ClipRow>("key", r => r.Key), new TextColumn<ClipRow>("caption", r => r.Captions[0]), new TextListColumn<ClipRow>("captions", r => r.Captions),
        new TextColumn<ClipRow>("status", _ => "success"), new NumberColumn<ClipRow>("width", r => r.Moving.Size), new NumberColumn<ClipRow>("height", r => r.Moving.Size),
        new NumberColumn<ClipRow>("frames", r => r.Moving.Frames), new NumberColumn<ClipRow>("fps", _ => ClipRenderer.FramesPerSecond), new BytesColumn<ClipRow>("mp4", r => r.Mp4));

    internal static TableWriter<(ClipRow Scene, SceneQuestion Asked, int Number)> ClipQuestions { get; } = Of<(ClipRow Scene, SceneQuestion Asked, int Number)>(
        new TextColumn<(ClipRow Scene, SceneQuestion Asked, int Number)>("key", r => $"{r.Scene.Key}_{r.Number:D3}"),
        new TextColumn<(ClipRow Scene, SceneQuestion Asked, int Number)>("question", r => r.Asked.Text),
        new TextListColumn<(ClipRow Scene, SceneQuestion Asked, int Number)>("answers", r => [r.Asked.Answer]),
        new TextColumn<(ClipRow Scene, SceneQuestion Asked, int Number)>("question_type", r => r.Asked.Kind),
        new BytesColumn<(ClipRow Scene, SceneQuestion Asked, int Number)>("mp4", r => r.Scene.Mp4));

    private static TableWriter<TRow> Of<TRow>(params TableColumn<TRow>[] columns) =>
        new(columns, new Dictionary<string, string> { ["license"] = Licence, [DataRoles.BoxFormatKey] = "xyxy" });
}

/// <summary>A still as it is stored.</summary>
internal sealed record StillRow(string Key, Still Still, IReadOnlyList<string> Captions, IReadOnlyList<SceneQuestion> Questions, byte[] WebP);

/// <summary>A clip as it is stored.</summary>
internal sealed record ClipRow(string Key, MovingScene Moving, IReadOnlyList<string> Captions, IReadOnlyList<SceneQuestion> Questions, byte[] Mp4);
