using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MammutScale.TestKit;

/// <summary>
/// Stands between client and service and misbehaves as networks do: throttles, drops connections before and after the request was
/// carried out, cuts answers in the middle. Which request suffers is drawn from a seed.
/// </summary>
public sealed class FaultyProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HttpClient _upstream;
    private readonly Random _random;
    private readonly int _oneIn;
    private int _faults;
    private long _bytesSent;

    /// <param name="oneIn">One request of so many suffers.</param>
    public FaultyProxy(int upstreamPort, int seed, int oneIn)
    {
        (_random, _oneIn) = (new Random(seed), oneIn);
        _upstream = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{upstreamPort}") };
        _listener.Start();
        _ = AcceptAsync();
    }

    private enum Fault
    {
        None,
        Busy,
        DroppedBefore,
        DroppedAfter,
        CutAnswer,
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Faults => _faults;

    /// <summary>Bytes of answers, without their heads.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    public void Dispose()
    {
        _listener.Dispose();
        _upstream.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the test has ended
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            client.LingerState = new LingerOption(true, 0); // closing is a reset
            try
            {
                await using var stream = client.GetStream();
                while (await ReadRequestAsync(stream) is { } request)
                {
                    using (request)
                    {
                        if (!await AnswerAsync(stream, request, Draw())) return;
                    }
                }
            }
            catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException or OperationCanceledException)
            {
                // the client went away, or the test has ended
            }
        }
    }

    /// <returns>False when the connection is to be dropped.</returns>
    private async Task<bool> AnswerAsync(NetworkStream stream, HttpRequestMessage request, Fault fault)
    {
        if (fault == Fault.DroppedBefore) return false;
        if (fault == Fault.Busy)
        {
            await stream.WriteAsync("HTTP/1.1 503 Server Busy\r\nx-ms-error-code: ServerBusy\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            return true;
        }

        var head = request.Method == HttpMethod.Head;
        using var answer = await _upstream.SendAsync(request);
        var body = head ? [] : await answer.Content.ReadAsByteArrayAsync();
        if (fault == Fault.DroppedAfter) return false;
        var text = new StringBuilder($"HTTP/1.1 {(int)answer.StatusCode} {answer.ReasonPhrase}\r\n");
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (name is "Transfer-Encoding" or "Content-Length" or "Connection" or "Keep-Alive") continue;
            text.Append($"{name}: {string.Join(", ", values)}\r\n");
        }

        if (answer.StatusCode != HttpStatusCode.NoContent) text.Append($"Content-Length: {(head ? answer.Content.Headers.ContentLength ?? 0 : body.Length)}\r\n");
        byte[] whole = [.. Encoding.Latin1.GetBytes(text.Append("\r\n").ToString()), .. body];
        Interlocked.Add(ref _bytesSent, body.Length);
        var cut = fault == Fault.CutAnswer;
        await stream.WriteAsync(cut ? whole.AsMemory(0, whole.Length / 2) : whole);
        return !cut;
    }

    private static async Task<HttpRequestMessage?> ReadRequestAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (bytes.Count < 4 || !bytes[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one) == 0) return null;
            bytes.Add(one[0]);
        }

        var lines = Encoding.Latin1.GetString([.. bytes]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var start = lines[0].Split(' ');
        var request = new HttpRequestMessage(new HttpMethod(start[0]), start[1]);
        var headers = lines.Skip(1).Select(l => l.Split(": ", 2)).Select(p => (Name: p[0], Value: p.Length > 1 ? p[1] : "")).ToList();
        if (headers.Any(h => h.Name.Equals("Expect", StringComparison.OrdinalIgnoreCase))) await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
        var length = headers.FirstOrDefault(h => h.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value;
        if (length is not null || request.Method == HttpMethod.Put)
        {
            var body = new byte[int.Parse(length ?? "0")];
            await stream.ReadExactlyAsync(body);
            request.Content = new ByteArrayContent(body);
        }

        foreach (var (name, value) in headers)
        {
            if (name is "Host" or "Connection" or "Expect" or "Content-Length") continue;
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private Fault Draw()
    {
        lock (_random)
        {
            if (_random.Next(_oneIn) != 0) return Fault.None;
            _faults++;
            return (Fault)_random.Next(1, 5);
        }
    }
}
