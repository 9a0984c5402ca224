using MammutScale.Model;
using MammutScale.Model.Tubes;
using MammutScale.Model.Weights;
using MammutScale.Training.Binding;

namespace MammutScale.Training.Configuration;

/// <summary>The video tubes that a run file asks for.</summary>
public static class VideoShape
{
    /// <summary>Clips of so many frames have the paper's tubes as they are; those of shorter ones are shortened.</summary>
    private const double PaperFrames = 32;

    /// <param name="file">Says which, and how many frames a clip has.</param>
    /// <param name="config">The model that they stand beside.</param>
    /// <returns>Null for a model of pictures.</returns>
    /// <exception cref="RunSpecException">No such tubes can be built.</exception>
    public static VideoConfig? Resolve(RunFile file, MammutConfig config)
    {
        if (file.Model.Video is not { Enabled: true } section) return null;
        var frames = file.Data.Video.Frames;
        try
        {
            var start = OfWeights(file.Model.InitFrom) ?? VideoConfig.For(config.Vision, Math.Min(1, frames / PaperFrames));
            var video = start with
            {
                Tubes = section.Tubes is { } tubes ? [.. tubes.Select(t => t.ToTube())] : start.Tubes,
                PatchStride = section.PatchStride ?? start.PatchStride,
                Tau = section.Tau ?? start.Tau,
                Initialization = section.Init,
            };
            video.ThrowIfInvalid(config.Vision.ImageSize, config.Vision.Width);
            ThrowIfTooLong(video, frames, config);
            return video;
        }
        catch (ModelConfigException e)
        {
            throw new RunSpecException([$"model.video: {e.Message}"]);
        }
        catch (WeightsException e)
        {
            throw new RunSpecException([$"model.init_from: {e.Message}"]);
        }
    }

    private static VideoConfig? OfWeights(string? path) => path is null ? null : VideoFiles.Find(path);

    /// <summary>A tube that no clip holds would never be trained.</summary>
    private static void ThrowIfTooLong(VideoConfig video, int frames, MammutConfig config)
    {
        Extent clip = new(frames, config.Vision.ImageSize, config.Vision.ImageSize);
        var faults = video.Tubes.Index().Where(t => t.Item.Tokens(clip) == 0)
            .Select(t => $"model.video.tubes.{t.Index}: a tube of {t.Item.Reach} at {t.Item.Offset} does not fit into clips of {clip} (data.video.frames: {frames}); make it shorter, or take more frames")
            .ToList();
        if (faults.Count > 0) throw new RunSpecException(faults);
    }
}
