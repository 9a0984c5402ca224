using System.CommandLine;
using MammutScale.Cli.Output;

namespace MammutScale.Cli.Commands;

/// <summary>
/// `coordinator`, `worker` and `dashboard`: one process of a cluster. Their flags belong to the hosts themselves, which also
/// read them from the environment and from appsettings.json; what is wrong there they say all at once.
/// </summary>
internal static class HostCommands
{
    public static Command Coordinator() => Host("coordinator", """
        One coordinator: an Orleans silo with the runs, rendezvous, metrics and checkpoint ledger.
          --store DIR|az://…     where its state and the runs' history live
          --silo-port P          port between coordinators
          --gateway-port P       port that workers, dashboards and commands connect to
          --http-port P          /healthz and /metrics
          --parent-pid N         end when that process ends
        """, CoordinatorAsync);

    public static Command Worker() => Host("worker", """
        One worker: joins a run and trains its lanes.
          --coordinator H:P      the coordinator's gateway
          --run ID               the run to join
          --worker-id NAME       stays the same when the process is started again
          --listen ADDRESS       address that its collectives listen on
          --threads N            CPU threads of tensor operations
          --parent-pid N         end when that process ends
        """, WorkerAsync);

    public static Command Dashboard() => Host("dashboard", """
        The dashboard's web server.
          --coordinator H:P      the coordinator's gateway
          --port P               port of the page
          --bind ADDRESS         address of the page, loopback by default
          --token T              what a person must know to pause, resume or stop a run
          --parent-pid N         end when that process ends
        """, DashboardAsync);

    private static Command Host(string name, string description, Func<string[], CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
        command.SetAction((parse, cancellation) => Failures.GuardAsync(() => run([.. parse.UnmatchedTokens], cancellation)));
        return command;
    }

    private static Task<int> CoordinatorAsync(string[] arguments, CancellationToken cancellation) =>
        MammutScale.Coordinator.Hosting.CoordinatorHost.RunAsync(arguments, cancellation);

    private static Task<int> WorkerAsync(string[] arguments, CancellationToken cancellation) =>
        MammutScale.Worker.Hosting.WorkerHost.RunAsync(arguments, cancellation);

    private static async Task<int> DashboardAsync(string[] arguments, CancellationToken cancellation)
    {
        await MammutScale.Dashboard.DashboardHost.RunAsync(MammutScale.Dashboard.Configuration.DashboardOptions.FromArgs(arguments), address => Console.WriteLine($"Dashboard: {address}"), cancellation);
        return 0;
    }
}
