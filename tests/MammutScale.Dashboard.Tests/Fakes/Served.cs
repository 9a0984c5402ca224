using System.Net.Http.Headers;
using MammutScale.Dashboard.Configuration;

namespace MammutScale.Dashboard.Tests.Fakes;

/// <summary>A dashboard on a fake feed and a client for it.</summary>
internal sealed class Served : IAsyncDisposable
{
    public const string Token = "open-sesame";
    private readonly DashboardHost _host;

    private Served(DashboardHost host, FakeFeed feed)
    {
        (_host, Feed) = (host, feed);
        Client = new HttpClient { BaseAddress = host.Address, Timeout = TimeSpan.FromSeconds(20) };
    }

    public FakeFeed Feed { get; }

    public HttpClient Client { get; }

    public Uri Address => _host.Address;

    public static async Task<Served> StartAsync(FakeFeed feed, string? token = Token)
        => new(await DashboardHost.StartAsync(new DashboardOptions { Port = 0, Token = token }, feed, TimeProvider.System, CancellationToken.None), feed);

    public async Task<HttpResponseMessage> PostAsync(string path, object body, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = System.Net.Http.Json.JsonContent.Create(body) };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
    }
}
