using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ReleaseWorkflows.Faults.Tests.Outside;

/// <summary>Somebody else's server on a port of this machine, in trouble until it is well again. It serves any number of connections at once.</summary>
internal abstract class TroubledPeer : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private TcpListener _listener = new(IPAddress.Loopback, 0);

    protected TroubledPeer(string? trouble)
    {
        Trouble = trouble;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        if (trouble == "refuses")
            _listener.Stop();
        else
            _ = AcceptAsync(_listener);
    }

    /// <summary>Its port, in trouble or not.</summary>
    public int Port { get; }

    /// <summary>What it does wrong; null: nothing.</summary>
    protected string? Trouble { get; private set; }

    /// <summary>From now on it is well.</summary>
    public void Recover()
    {
        var refused = Trouble == "refuses";
        Trouble = null;
        if (!refused)
            return;
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _ = AcceptAsync(_listener);
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    /// <summary>Serves one connection.</summary>
    protected abstract Task TalkAsync(NetworkStream stream, CancellationToken end);

    /// <summary>Sends text, one character after the other if it is to take long.</summary>
    protected static async Task SayAsync(NetworkStream stream, string text, CancellationToken end, bool slowly = false)
    {
        foreach (var part in slowly ? text.Chunk(1).Select(character => new string(character)) : [text])
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(part), end);
            if (slowly)
                await Task.Delay(100, end);
        }
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await TalkAsync(client.GetStream(), _end.Token);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // The other side has gone, as it should.
            }
        }
    }
}

/// <summary>A mail server.</summary>
internal sealed class MailPeer(string? trouble) : TroubledPeer(trouble)
{
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly ConcurrentQueue<string> _taken = new();

    /// <summary>Message-IDs of letters that came to their end here, whatever became of them.</summary>
    public IReadOnlyCollection<string> Seen => _seen;

    /// <summary>Message-IDs of letters that were taken, once for each time.</summary>
    public IReadOnlyCollection<string> Taken => _taken;

    protected override async Task TalkAsync(NetworkStream stream, CancellationToken end)
    {
        var trouble = Trouble;
        if (trouble == "says nothing")
            await Task.Delay(Timeout.InfiniteTimeSpan, end);
        if (trouble == "is no mail server")
        {
            await SayAsync(stream, "HTTP/1.1 400 Bad Request\r\n\r\n", end);
            return;
        }
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await SayAsync(stream, "220 peer\r\n", end, slowly: trouble == "says one character at a time");
        while (await reader.ReadLineAsync(end) is { } line)
        {
            var verb = line.Split(' ', ':')[0];
            if (verb == "DATA")
            {
                await SayAsync(stream, "354 go on\r\n", end);
                var id = "";
                while (await reader.ReadLineAsync(end) is { } part && part != ".")
                    id = part.StartsWith("Message-ID: ", StringComparison.Ordinal) ? part["Message-ID: ".Length..] : id;
                _seen.Enqueue(id);
                if (trouble == "hangs up after the letter")
                    return;
                if (trouble is null)
                    _taken.Enqueue(id);
                await SayAsync(stream, trouble == "refuses the letter for good" ? "554 no\r\n" : trouble == "refuses the letter for now" ? "451 later\r\n" : "250 taken\r\n", end);
                continue;
            }
            await SayAsync(stream, verb switch
            {
                "EHLO" => "250-peer\r\n250 STARTTLS\r\n",
                "STARTTLS" => "220 go\r\nthis is no TLS\r\n",
                "RCPT" when trouble == "knows nobody" => "450 mailbox busy\r\n",
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            }, end);
        }
    }
}

/// <summary>A web server.</summary>
internal sealed class WebPeer(string? trouble) : TroubledPeer(trouble)
{
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly ConcurrentQueue<string> _taken = new();

    /// <summary>Values of <c>webhook-id</c>, once for each request.</summary>
    public IReadOnlyCollection<string> Seen => _seen;

    /// <summary>Those that were answered well.</summary>
    public IReadOnlyCollection<string> Taken => _taken;

    protected override async Task TalkAsync(NetworkStream stream, CancellationToken end)
    {
        var trouble = Trouble;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var (id, length) = ("", 0);
        while (await reader.ReadLineAsync(end) is { Length: > 0 } line)
        {
            if (line.StartsWith("webhook-id:", StringComparison.OrdinalIgnoreCase))
                id = line.Split(':')[1].Trim();
            if (line.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(line.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        // Reading nothing would wait for something.
        if (length > 0)
            await reader.ReadBlockAsync(new char[length], end);
        _seen.Enqueue(id);
        switch (trouble)
        {
            case "says nothing":
                await Task.Delay(Timeout.InfiniteTimeSpan, end);
                break;
            case "says one character at a time":
                await SayAsync(stream, "HTTP/1.1 200 OK\r\n" + new string('x', 10_000), end, slowly: true);
                break;
            case "never stops":
                await SayAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", end);
                while (true)
                    await SayAsync(stream, new string('x', 64 * 1024), end);
            case "sends round in a circle":
                await SayAsync(stream, $"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:{Port}/again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", end);
                break;
            case "hangs up in the middle":
                await SayAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", end);
                break;
            case "fails":
                await SayAsync(stream, "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", end);
                break;
            default:
                _taken.Enqueue(id);
                await SayAsync(stream, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", end);
                break;
        }
    }
}
