using System.CommandLine;
using MammutScale.Cli.Commands;

var root = new RootCommand("MammutScale: pre-trains MaMMUT vision-language models across worker processes, straight from Parquet.");
foreach (var command in AllCommands.Create()) root.Subcommands.Add(command);
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = true, ProcessTerminationTimeout = null });
