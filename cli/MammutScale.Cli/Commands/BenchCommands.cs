using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.Json;
using MammutScale.Cli.Cluster;
using MammutScale.Cli.Output;
using MammutScale.Collectives.Benchmark;
using MammutScale.DataLoader.Benchmarks;
using MammutScale.DataLoader.Text;
using MammutScale.Training.Benchmarks;
using MammutScale.Training.Devices;

namespace MammutScale.Cli.Commands;

/// <summary>`mammut bench …`: each prints its figure, the limit or peer measured in the same run, and the ratio.</summary>
internal static class BenchCommands
{
    /// <summary>The hidden command that runs one rank of a benchmark; what follows is the benchmark's own.</summary>
    private const string RankCommand = "bench-rank";
    private static readonly Option<string> Model = new("--model") { Description = "The preset.", DefaultValueFactory = _ => "mammut-small" };
    private static readonly Option<int> Batch = new("--batch") { Description = "Samples of a step.", DefaultValueFactory = _ => 16 };
    private static readonly Option<int> Frames = new("--frames") { Description = "Frames of a sample: 1 = pictures, more = clips through the paper's video tubes.", DefaultValueFactory = _ => 1 };
    private static readonly Option<bool> NoBf16 = new("--no-bf16") { Description = "Leave bf16 out." };

    private static readonly Option<string> Device = new("--device") { Description = "What to measure: cpu, cuda or cuda:N.", DefaultValueFactory = _ => "cpu" };
    private static readonly Option<double[]> BucketMb = new("--bucket-mb") { Description = "Bucket sizes to measure with two workers besides the default: the share of the step that waits for communication with each.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };

    public static Command Create()
    {
        var bench = new Command("bench", "Measures against a limit or a peer in the same run.");
        foreach (var (name, description, run) in All())
        {
            var command = new Command(name, description);
            if (name is "step" or "scaling") command.Options.Add(Model);
            if (name is "step") foreach (var option in new Option[] { Batch, Frames, Device, NoBf16 }) command.Options.Add(option);
            if (name is "scaling") command.Options.Add(BucketMb);
            bench.Subcommands.Add(command.Does(async (parse, report, cancellation) =>
            {
                Tell(await run(parse, report, cancellation), report);
                return 0;
            }));
        }

        var all = new Command("all", "Every benchmark, one after another.");
        bench.Subcommands.Add(all.Does(async (parse, report, cancellation) =>
        {
            var document = new JsonObject();
            foreach (var (name, _, run) in All())
            {
                report.Line($"bench {name}");
                document[name] = await run(parse, report, cancellation);
            }

            Tell(document, report);
            return 0;
        }));
        return bench;
    }

    public static Command Rank()
    {
        var command = new Command(RankCommand) { Hidden = true, TreatUnmatchedTokensAsErrors = false };
        command.SetAction(parse => parse.UnmatchedTokens.ToArray() switch
        {
            ["allreduce", .. var rest] => AllReduceBench.RunRank(rest),
            ["scaling", .. var rest] => ScalingRank(rest),
            _ => 2,
        });
        return command;
    }

    private static int ScalingRank(string[] arguments)
    {
        TorchLibraries.Load();
        return ScalingBench.RunRank(arguments);
    }

    private static IEnumerable<(string Name, string Description, Func<ParseResult, Report, CancellationToken, Task<JsonNode>> Run)> All() =>
    [
        ("step", "One worker's training step: samples/s, FLOP/s against the GEMM peak, cost of the second text pass.", StepAsync),
        ("scaling", "Two workers of one core against one, and against PyTorch DDP with Gloo.", ScalingAsync),
        ("allreduce", "All-reduce between processes against loopback sockets and Gloo.", AllReduceAsync),
        ("loader", "The loader against a pure decode loop and a PyTorch DataLoader.", LoaderAsync),
        ("parquet", "Reading a picture column against ParquetSharp and a raw sequential read.", ParquetAsync),
        ("plan", "Index and plan of a million row groups: memory, look-up, resume.", (_, _, _) => Task.FromResult(Node(PlanBench.Run()))),
    ];

    private static Task<JsonNode> StepAsync(ParseResult parse, Report report, CancellationToken cancellation)
    {
        // first: the options themselves need torch
        var device = DeviceOption.Open(Value(parse, Device));
        if (Value(parse, Frames) is var frames && frames < 1) throw new UserException($"--frames is {frames}; at least 1 is needed.");
        var options = new StepBenchOptions { Model = Value(parse, Model), Batch = Value(parse, Batch), Frames = frames, Device = device, Bf16 = !Value(parse, NoBf16), Log = Say };
        return Task.FromResult(Node(new StepBench(options).Run(cancellation)));
    }

    private static async Task<JsonNode> ScalingAsync(ParseResult parse, Report report, CancellationToken cancellation)
    {
        TorchLibraries.Load();
        return Node(await new ScalingBench(new ScalingBenchOptions { Model = Value(parse, Model), BucketMb = Buckets(Value(parse, BucketMb)), StartRank = args => StartRank("scaling", args, torch: true), DdpScript = Peer("ddp_step.py"), Log = Say }).RunAsync(cancellation));
    }

    private static async Task<JsonNode> AllReduceAsync(ParseResult parse, Report report, CancellationToken cancellation) =>
        JsonNode.Parse((await new AllReduceBench(new AllReduceBenchOptions { StartRank = args => StartRank("allreduce", args, torch: false), GlooScript = Peer("gloo_allreduce.py"), Log = Say }).RunAsync(cancellation)).ToJson())!;

    private static async Task<JsonNode> LoaderAsync(ParseResult parse, Report report, CancellationToken cancellation)
    {
        var tokenizer = TokenizerCatalog.Open(Path.Combine(QuickstartCommand.FindSamples(), "tokenizer.json"));
        return Node(await LoaderBench.RunAsync(new LoaderBenchOptions { Tokenizer = tokenizer, PeerScript = Peer("loader_peer.py") }, cancellation));
    }

    private static async Task<JsonNode> ParquetAsync(ParseResult parse, Report report, CancellationToken cancellation) => Node(await ParquetBench.RunAsync(cancellation: cancellation));

    private static double[] Buckets(double[] sizes) =>
        sizes.All(s => s > 0) ? sizes : throw new UserException($"--bucket-mb is {string.Join(' ', sizes)}; sizes above 0 are needed.");

    /// <summary>An option's value; its default where the command, as `bench all`, does not have the option.</summary>
    private static T Value<T>(ParseResult parse, Option<T> option) => parse.CommandResult.Command.Options.Contains(option) ? parse.GetValue(option)! : (T)option.GetDefaultValue()!;

    private static ProcessStartInfo StartRank(string bench, IReadOnlyList<string> arguments, bool torch)
    {
        var command = ChildProcess.SelfCommand();
        var start = new ProcessStartInfo(command[0], [.. command.Skip(1), RankCommand, bench, .. arguments]);
        foreach (var (key, value) in torch ? TorchEnvironment.For(1) : new Dictionary<string, string>()) start.Environment[key] = value;
        return start;
    }

    /// <summary>A peer's script in the checkout; null elsewhere.</summary>
    private static string? Peer(string script)
    {
        string path = Path.Combine(QuickstartCommand.FindSamples(), "..", "..", "tests", "peers", script);
        return File.Exists(path) ? Path.GetFullPath(path) : null;
    }

    private static void Say(string line) => Console.Error.WriteLine(line);

    private static JsonNode Node<T>(T result) => JsonSerializer.SerializeToNode(result, Report.JsonOptions)!;

    private static void Tell(JsonNode document, Report report)
    {
        if (report.Json)
        {
            Console.WriteLine(document.ToJsonString(Report.JsonOptions));
            return;
        }

        foreach (var (key, value) in document.AsObject()) report.Line($"{key,-28} {value?.ToJsonString(Report.JsonOptions) ?? "–"}");
    }
}
