using System.Net;
using System.Net.Sockets;

namespace MammutScale.Storage.Tests;

/// <summary>
/// Stands between client and service and misbehaves as networks do: throttles, drops connections before and after the request was
/// carried out, cuts answers in the middle. Which request suffers is drawn from a seed.
/// </summary>
internal sealed class FaultyProxy : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _upstream;
    private readonly Random _random;
    private readonly int _oneIn;
    private int _faults;

    /// <param name="oneIn">One request of so many suffers; 0 for none.</param>
    public FaultyProxy(int upstreamPort, int seed, int oneIn)
    {
        (_random, _oneIn) = (new Random(seed), oneIn);
        _upstream = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{upstreamPort}") };
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _ = ServeAsync();
    }

    private enum Fault
    {
        None,
        Busy,
        DroppedBefore,
        DroppedAfter,
        CutAnswer,
    }

    public int Port { get; }

    public int Faults => _faults;

    public void Dispose()
    {
        _listener.Close();
        _upstream.Dispose();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => HandleAsync(context));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task HandleAsync(HttpListenerContext context)
    {
        var fault = Draw();
        try
        {
            switch (fault)
            {
                case Fault.Busy:
                    context.Response.StatusCode = 503;
                    context.Response.Headers["x-ms-error-code"] = "ServerBusy";
                    context.Response.Close();
                    return;
                case Fault.DroppedBefore:
                    context.Response.Abort();
                    return;
            }

            using var answer = await _upstream.SendAsync(Copy(context.Request));
            var body = await answer.Content.ReadAsByteArrayAsync();
            if (fault == Fault.DroppedAfter)
            {
                context.Response.Abort();
                return;
            }

            await AnswerAsync(context.Response, answer, body, context.Request.HttpMethod == "HEAD", fault == Fault.CutAnswer && body.Length > 1);
        }
        catch (Exception e) when (e is HttpListenerException or HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // the client went away, or the test has ended
        }
    }

    private static async Task AnswerAsync(HttpListenerResponse response, HttpResponseMessage answer, byte[] body, bool head, bool cut)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) && !name.Equals("Connection", StringComparison.OrdinalIgnoreCase) && !name.Equals("Keep-Alive", StringComparison.OrdinalIgnoreCase))
                response.Headers[name] = string.Join(", ", values);
        }

        response.ContentLength64 = head ? answer.Content.Headers.ContentLength ?? 0 : body.Length;
        if (cut)
        {
            await response.OutputStream.WriteAsync(body.AsMemory(0, body.Length / 2));
            await response.OutputStream.FlushAsync();
            response.Abort();
            return;
        }

        if (!head) await response.OutputStream.WriteAsync(body);
        response.Close();
    }

    private static HttpRequestMessage Copy(HttpListenerRequest request)
    {
        var copy = new HttpRequestMessage(new HttpMethod(request.HttpMethod), request.RawUrl);
        if (request.HasEntityBody || request.HttpMethod == "PUT") copy.Content = new StreamContent(request.InputStream);
        foreach (var name in request.Headers.AllKeys)
        {
            if (name is null || name is "Host" or "Transfer-Encoding" or "Connection" or "Expect") continue;
            if (!copy.Headers.TryAddWithoutValidation(name, request.Headers[name])) copy.Content?.Headers.TryAddWithoutValidation(name, request.Headers[name]);
        }

        return copy;
    }

    private Fault Draw()
    {
        if (_oneIn == 0) return Fault.None;
        lock (_random)
        {
            if (_random.Next(_oneIn) != 0) return Fault.None;
            _faults++;
            return (Fault)_random.Next(1, 5);
        }
    }
}
