using MammutScale.Storage.Cache;

namespace MammutScale.Training.Configuration;

/// <summary>Rules between keys: key, value, rule, remedy.</summary>
internal static class CrossFieldRules
{
    private static readonly string[] Presets = ["mammut-tiny", "mammut-small", "mammut-b32", "mammut-l14", "mammut-2b"];

    /// <param name="file">What could be read.</param>
    /// <param name="known">Errors found so far: a key that is already complained of is not judged again.</param>
    public static IEnumerable<string> Check(RunFile file, IReadOnlyList<string> known)
    {
        bool Clean(string key) => !known.Any(e => e.StartsWith(key, StringComparison.Ordinal));

        if (Clean("name") && (file.Name.Length > 100 || file.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) || file.Name.StartsWith('.')))
            yield return $"name: {file.Name} must be letters, digits, '-', '_' or '.' (it names a folder), at most 100";
        if (file.Model is { Preset: not null, InitFrom: not null })
            yield return $"model.preset and model.init_from are both given; the shape comes from the weights' configuration: leave model.preset out";
        else if (file.Model.Preset is not null && !Presets.Contains(file.Model.Preset))
            yield return $"model.preset: {file.Model.Preset} is not a preset; {Binding.KeyNames.Suggest(file.Model.Preset, Presets)}";
        if (Clean("data.video") && file is { Model.Video.Enabled: true, Data.Video.Frames: 1 })
            yield return "model.video is for clips, and data.video.frames is 1; give data.video.frames at least 2, or leave model.video out";
        if (Clean("train") && file.Train.Steps is null == file.Train.Epochs is null)
            yield return file.Train.Steps is null ? "train.steps is missing; give steps or epochs" : "train.epochs and train.steps are both given; keep one of them";
        if (Clean("data.train") && file.Data.Train.Count == 0)
            yield return "data.train is empty; name at least one source, e.g. train: [{path: my-data}]";
        if (Clean("train.global_batch") && Clean("data.lanes") && file.Train.GlobalBatch % file.Data.Lanes != 0)
            yield return $"data.lanes: {file.Data.Lanes} must divide train.global_batch ({file.Train.GlobalBatch}); for example {Divisor(file.Train.GlobalBatch, file.Data.Lanes)}";
        if (Clean("train.micro_batch") && file.Train.MicroBatch > file.Train.GlobalBatch)
            yield return $"train.micro_batch: {file.Train.MicroBatch} must not be more than train.global_batch ({file.Train.GlobalBatch}); lower it, or leave it out";
        if (file.Elastic.MinWorkers > file.Elastic.MaxWorkers)
            yield return $"elastic.min_workers: {file.Elastic.MinWorkers} must not be more than elastic.max_workers ({file.Elastic.MaxWorkers}); lower it";
        if (Clean("data.lanes") && file.Elastic.MinWorkers > file.Data.Lanes)
            yield return $"elastic.min_workers: {file.Elastic.MinWorkers} must not be more than data.lanes ({file.Data.Lanes}), a worker needs a lane; raise data.lanes";
        if (file.Loss is { ContrastiveWeight: 0, CaptionWeight: 0 })
            yield return "loss.contrastive_weight and loss.caption_weight are both 0; give at least one of them a weight";
        if (file.Optim.WarmupSteps is { } warmup && file.Train.Steps is { } steps && warmup > steps)
            yield return $"optim.warmup_steps: {warmup} must not be more than train.steps ({steps}); lower it";
        if (!ByteSize.TryParse(file.Data.Cache.Size, out _))
            yield return $"data.cache.size: {file.Data.Cache.Size} must be a size with its unit; for example 200GB";
        if (file.Data.Cache.Path.Contains("://", StringComparison.Ordinal))
            yield return $"data.cache.path: {file.Data.Cache.Path} must be a folder on the disk of each node";
        if (file.Data.Image.Scale is [var low, var high] && low > high)
            yield return $"data.image.scale: [{low}, {high}] must be [smallest, largest]; swap them";
        if (file.Data.Image.Ratio is [var narrow, var wide] && narrow > wide)
            yield return $"data.image.ratio: [{narrow}, {wide}] must be [smallest, largest]; swap them";
        var names = file.Data.Train.Select(s => s.ShownName()).GroupBy(n => n).FirstOrDefault(g => g.Count() > 1);
        if (names is not null)
            yield return $"data.train: two sources are called {names.Key}; give them a name each";
        if (file.Train.Precision == Precision.Bf16 && file.Optim.Eps < 1e-12)
            yield return $"optim.eps: {file.Optim.Eps} must be at least 1e-12 with train.precision bf16; raise it";
    }

    private static int Divisor(int number, int near) => Enumerable.Range(1, near).Last(d => number % d == 0);
}
