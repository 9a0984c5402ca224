using MammutScale.DataLoader.Pipeline;
using MammutScale.Training.Binding;
using MammutScale.Training.Configuration;

namespace MammutScale.Training.Data;

/// <summary>Whether a run's data and its model are both for clips or both for pictures.</summary>
internal static class ClipCheck
{
    /// <param name="file">The run.</param>
    /// <param name="sources">Opened, of training and evaluation.</param>
    /// <exception cref="RunSpecException">They are not.</exception>
    public static void ThrowIfUnfit(RunFile file, IReadOnlyCollection<LoaderSource> sources)
    {
        var clips = sources.Where(s => s.Roles.IsVideo).Select(s => s.Plan.Name).Distinct().ToList();
        var tubes = file.Model.Video is { Enabled: true };
        if (clips.Count > 0 && !tubes && file.Data.Video.Frames > 1)
            throw new RunSpecException([$"data: {string.Join(", ", clips)} {(clips.Count == 1 ? "holds" : "hold")} clips, and the model takes pictures only; write video: true under model, or data: {{video: {{frames: 1}}}} to train on one frame of each clip"]);
        if (clips.Count == 0 && tubes)
            throw new RunSpecException([$"model.video is for clips, and none of {string.Join(", ", sources.Select(s => s.Plan.Name).Distinct())} holds any; leave model.video out, or add a source of clips under data.train"]);
    }
}
