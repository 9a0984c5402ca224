using System.CommandLine;
using MammutScale.Cli.Output;
using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Indexing.Building;
using MammutScale.DataLoader.Inspection;
using MammutScale.DataLoader.Inspection.Verifying;
using MammutScale.DataLoader.Samples;
using MammutScale.DataLoader.Subsets;
using MammutScale.Storage.Cache;

namespace MammutScale.Cli.Commands;

/// <summary>`mammut data …`: what a data set holds, whether it is sound, its index, and the generated sets.</summary>
internal static class DataCommands
{
    private static readonly Argument<string[]> Paths = new("path") { Description = "A folder, a file, a glob or az://…", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string[]> Map = new("--map") { Description = "role=column, where names do not tell: media=payload, caption=text.en, box_format=xywh, media_kind=video." };
    private static readonly Option<string?> Where = new("--where") { Description = "Rows to keep, e.g. \"similarity > 0.28 and width >= 200\"." };
    private static readonly Option<string?> Only = new("--only") { Description = "A list of ids to keep: .npy, .parquet or text with one a line." };

    public static Command Create()
    {
        var data = new Command("data", "Looks at data sets, checks them, builds indexes, generates small ones.");
        foreach (var command in new[] { Inspect(), Verify(), Index(), MakeEmoji(), MakeScenes() }) data.Subcommands.Add(command);
        return data;
    }

    private static Command Inspect()
    {
        var html = new Option<string?>("--html") { Description = "Write a contact sheet of sample pictures to this file." };
        var samples = new Option<int>("--samples") { Description = "Rows to show.", DefaultValueFactory = _ => 12 };
        var command = new Command("inspect", "Schema, roles and why, counts, caption lengths, samples.") { Arguments = { Paths }, Options = { Map, Where, Only, samples, html } };
        return command.Does(async (parse, report, cancellation) =>
        {
            using var cache = DiskCache.FromEnvironment();
            var options = new InspectOptions { Mapping = Mapping(parse), Subset = Subset(parse), Samples = parse.GetValue(samples), Cache = cache };
            var found = await DataInspector.InspectAsync(parse.GetValue(Paths)!, options, cancellation);
            if (parse.GetValue(html) is { } page) await File.WriteAllTextAsync(page, ContactSheet.Render(found, string.Join(' ', parse.GetValue(Paths)!)), cancellation);
            if (report.Json) Console.WriteLine(found.ToJson());
            else Tell(found, report);
            return 0;
        });
    }

    private static void Tell(DataInspection found, Report report)
    {
        report.Line($"{found.Rows:N0} rows in {found.RowGroups:N0} row groups of {found.Files:N0} files, {found.Bytes / 1e6:F1} MB, {string.Join(", ", found.Codecs)}.");
        report.Table(["role", "column", "why"], found.Roles.Select(r => new[] { r.Role.ToString().ToLowerInvariant(), r.Column, r.Reason }));
        report.Table(["column", "types", "missing in"], found.Columns.Select(c => new[] { c.Name, string.Join(", ", c.Types.Select(t => c.Types.Count == 1 ? t.Key : $"{t.Key} in {t.Value} files")), c.Missing == 0 ? "" : $"{c.Missing} files" }));
        long most = found.Captions.Bins.Select(b => b.Rows).DefaultIfEmpty(1).Max();
        report.Line($"Captions of {found.Captions.Rows:N0} rows: mean {found.Captions.Mean:F0} characters, longest {found.Captions.Longest:N0}, {found.Captions.Empty:N0} empty.");
        foreach (var (from, to, rows) in found.Captions.Bins) report.Line($"  {from,6}–{to,-6} {rows,10:N0} {new string('█', (int)(40 * rows / Math.Max(1, most)))}");
        report.Table(["row", "media", "bytes", "text"], found.Samples.Select(s => new[] { $"{s.Row}", s.Fault ?? s.Media, $"{s.MediaBytes:N0}", s.Text.Length > 70 ? s.Text[..69] + "…" : s.Text }));
        if (found.Subset is { } subset)
        {
            foreach (var condition in subset.Conditions) report.Line($"{condition.Condition}: keeps {condition.Rows:N0} rows.");
            report.Line($"Together: {found.SelectedRows:N0} of {found.Rows:N0} rows.");
        }

        foreach (string note in found.Notes) report.Line(note);
    }

    private static Command Verify()
    {
        var command = new Command("verify", "Decodes every row and lists the bad ones.") { Arguments = { Paths }, Options = { Map } };
        return command.Does(async (parse, report, cancellation) =>
        {
            long told = 0;
            var time = TimeProvider.System;
            var progress = new Immediate<VerifyProgress>(p =>
            {
                if (told != 0 && time.GetElapsedTime(told) < TimeSpan.FromSeconds(2)) return;
                told = time.GetTimestamp();
                Console.Error.WriteLine($"{p.Done:N0} of {p.Rows:N0} rows, {p.Bad:N0} bad");
            });
            using var cache = DiskCache.FromEnvironment();
            var found = await DataVerifier.VerifyAsync(parse.GetValue(Paths)!, new VerifyOptions { Mapping = Mapping(parse), Progress = progress, Cache = cache }, cancellation);
            if (report.Json) Console.WriteLine(found.ToJson());
            else
            {
                report.Line($"{found.Good:N0} of {found.Rows:N0} rows are good, {found.Bad:N0} bad, {found.Failed:N0} failed downloads; {found.Files:N0} files, digest {found.Digest}.");
                if (found.Bad > 0)
                {
                    report.Table(["reason", "rows"], found.Reasons.Select(r => new[] { r.Key, $"{r.Value:N0}" }));
                    report.Table(["file", "row", "reason"], found.BadRows.Take(50).Select(r => new[] { r.File, $"{r.Row}", r.Reason }));
                    if (found.BadRows.Count > 50) report.Line($"and {found.BadRows.Count - 50:N0} more; --json lists all.");
                }
            }

            return 0;
        });
    }

    private static Command Index()
    {
        var output = new Option<string>("--output", "-o") { Description = "Where the index goes; a build that was interrupted goes on there.", Required = true };
        var command = new Command("index", "Builds the index of a data set: parallel, incremental, resumable.") { Arguments = { Paths }, Options = { output, Where, Only } };
        return command.Does(async (parse, report, cancellation) =>
        {
            string target = parse.GetValue(output)!;
            var options = new IndexOptions { Subset = Subset(parse), Output = target };
            var index = await IndexBuilder.BuildAsync(parse.GetValue(Paths)!, options, cancellation);
            report.Result(new { index = target, index.Fingerprint, index.Files, index.RowGroups, index.Rows, selected = index.SelectedRows, failed = index.FailedRows, index.Bytes, conditions = index.Subset?.Conditions }, r =>
            {
                r.Line($"{index.SelectedRows:N0} of {index.Rows:N0} rows in {index.RowGroups:N0} row groups of {index.Files:N0} files; fingerprint {index.Fingerprint}; written to {target}.");
                foreach (var condition in index.Subset?.Conditions ?? []) r.Line($"{condition.Condition}: keeps {condition.Rows:N0} rows.");
            });
            return 0;
        });
    }

    private static Command MakeEmoji()
    {
        var source = new Option<string>("--source") { Description = "A node_modules folder with emoji-datasource-google, emoji-datasource-twitter and emojibase-data.", Required = true };
        var output = new Option<string>("--output", "-o") { Description = "Folder for the data set.", Required = true };
        var command = new Command("make-emoji", "Builds the sample data: Noto emoji to train on, Twemoji to evaluate on.") { Options = { source, output } };
        return command.Does(async (parse, report, cancellation) =>
        {
            var built = await new EmojiSampleBuilder(parse.GetValue(source)!, parse.GetValue(output)!).BuildAsync(cancellation);
            report.Result(built, r => r.Line($"{built.TrainRows:N0} rows to train on, {built.EvalRows:N0} to evaluate, {built.VocabularySize:N0} words, {built.Bytes / 1e6:F1} MB in {parse.GetValue(output)}."));
            return 0;
        });
    }

    private static Command MakeScenes()
    {
        var output = new Option<string>("--output", "-o") { Description = "Folder for the data sets.", Required = true };
        var samples = new Option<string?>("--samples") { Description = "The emoji sample data; by default dataloader/samples." };
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same scenes.", DefaultValueFactory = _ => 1 };
        var scenes = new Option<int>("--scenes") { Description = "Pictures to train on.", DefaultValueFactory = _ => 2000 };
        var clips = new Option<int>("--clips") { Description = "Clips to train on.", DefaultValueFactory = _ => 400 };
        var classes = new Option<int>("--classes") { Description = "Classes of objects, from 10 on; 0 takes all. Few are soon learnt.", DefaultValueFactory = _ => 0 };
        var command = new Command("make-scenes", "Composes labelled scenes and clips from the emoji artwork: captions, questions, boxes, motion.") { Options = { output, samples, seed, scenes, clips, classes } };
        return command.Does(async (parse, report, cancellation) =>
        {
            int pictures = parse.GetValue(scenes), films = parse.GetValue(clips);
            if (pictures < 1 || films < 0) throw new UserException($"--scenes must be at least 1 and --clips at least 0, found {pictures} and {films}.");
            if (parse.GetValue(classes) is var kinds && kinds is not (0 or >= 10)) throw new UserException($"--classes must be 0 or at least 10 (scenes show up to five, questions ask for others), found {kinds}.");
            var options = new DataLoader.Scenes.SceneOptions
            {
                Classes = kinds,
                Seed = (ulong)parse.GetValue(seed),
                TrainScenes = pictures,
                EvalScenes = Math.Max(1, pictures * 3 / 20),
                TrainClips = films,
                EvalClips = films / 5,
            };
            var built = await new DataLoader.Scenes.SceneBuilder(parse.GetValue(samples) ?? QuickstartCommand.FindSamples(), parse.GetValue(output)!, options).BuildAsync(cancellation);
            report.Result(built, r =>
            {
                r.Table(["set", "rows"], built.Rows.Select(x => new[] { x.Key, $"{x.Value:N0}" }));
                r.Line($"{built.Classes.Count} classes, {built.HeldOutClasses.Count} held out, {built.Bytes / 1e6:F1} MB in {parse.GetValue(output)}.");
            });
            return 0;
        });
    }

    private static ColumnMapping? Mapping(ParseResult parse) => parse.GetValue(Map) is { Length: > 0 } entries ? ColumnMapping.Parse(entries) : null;

    private static SubsetOptions Subset(ParseResult parse) => new() { Where = parse.GetValue(Where), Only = parse.GetValue(Only) };

    /// <summary>Progress on the reporting thread: nothing is told after the command has ended.</summary>
    private sealed class Immediate<T>(Action<T> tell) : IProgress<T>
    {
        private readonly Lock _gate = new();

        public void Report(T value)
        {
            lock (_gate) tell(value);
        }
    }
}
