using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace MammutScale.Cli.Output;

/// <summary>
/// Where a command writes: with --json one document on standard output and everything else on standard error,
/// otherwise text for people.
/// </summary>
internal sealed class Report(bool json)
{
    public static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public bool Json { get; } = json;

    /// <summary>The terminal of people: standard error when standard output belongs to the JSON document.</summary>
    public IAnsiConsole Console { get; } = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(json ? System.Console.Error : System.Console.Out),
    });

    /// <summary>A progress bar can be drawn: there is a terminal that moves its cursor.</summary>
    public bool IsTerminal => Console.Profile.Out.IsTerminal && !System.Console.IsErrorRedirected && !(System.Console.IsOutputRedirected && !Json);

    public void Line(string text)
    {
        TextWriter writer = Json ? System.Console.Error : System.Console.Out;
        writer.WriteLine(text);
    }

    /// <summary>The result: <paramref name="document"/> as JSON, or what <paramref name="text"/> writes for people.</summary>
    public void Result<T>(T document, Action<Report> text)
    {
        if (Json) System.Console.Out.WriteLine(JsonSerializer.Serialize(document, JsonOptions));
        else text(this);
    }

    public void Table(IEnumerable<string> headers, IEnumerable<IEnumerable<string>> rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (string header in headers) table.AddColumn(new TableColumn(Markup.Escape(header)));
        foreach (var row in rows) table.AddRow(row.Select(Markup.Escape).ToArray());
        Console.Write(table);
    }
}
