using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace MammutScale.Processes;

/// <summary>Logs as plain lines on standard error; standard output belongs to results.</summary>
internal static class PlainConsole
{
    public static ILoggingBuilder UsePlainLines(this ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(format =>
        {
            format.SingleLine = true;
            format.ColorBehavior = LoggerColorBehavior.Disabled;
            format.TimestampFormat = "HH:mm:ss.fff ";
            format.UseUtcTimestamp = true;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("MammutScale", LogLevel.Information);
        // a peer that goes away is daily business here, and told by the run itself
        logging.AddFilter("Orleans", LogLevel.Error);
        // what does not start is told in one sentence by who started it
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);
        // says on every stop of a lone silo that its grains cannot move to another one
        logging.AddFilter("Orleans.Grain", LogLevel.Critical);
        return logging;
    }

    private static void Configure<T>(this Microsoft.Extensions.DependencyInjection.IServiceCollection services, Action<T> set) where T : class
        => Microsoft.Extensions.DependencyInjection.OptionsServiceCollectionExtensions.Configure(services, set);
}
