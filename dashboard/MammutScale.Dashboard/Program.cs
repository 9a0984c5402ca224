using MammutScale.Dashboard;
using MammutScale.Dashboard.Configuration;

try
{
    await DashboardHost.RunAsync(DashboardOptions.FromArgs(args), address => Console.WriteLine($"Dashboard: {address}"), CancellationToken.None);
    return 0;
}
catch (DashboardException fault)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}
