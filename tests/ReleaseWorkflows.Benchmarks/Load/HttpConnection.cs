using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ReleaseWorkflows.Benchmarks.Load;

/// <summary>
/// One keep-alive connection that sends requests made beforehand and reads just enough of the answers: the generator shares the machine with
/// what it measures, so it must cost little, and the same for the product as for the probes.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    private readonly Socket _socket;
    private byte[] _buffer = new byte[16 * 1024];
    private int _filled;

    private HttpConnection(Socket socket) => _socket = socket;

    /// <summary>Body of the last answer; good until the next call.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    public static async Task<HttpConnection> OpenAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new HttpConnection(socket);
    }

    /// <summary>A request as bytes.</summary>
    public static byte[] Request(string method, string path, string? authorization = null, string? idempotencyKey = null, string? body = null)
    {
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        if (authorization is not null)
            head.Append("Authorization: ApiKey ").Append(authorization).Append("\r\n");
        if (idempotencyKey is not null)
            head.Append("Idempotency-Key: ").Append(idempotencyKey).Append("\r\n");
        if (body is not null)
            head.Append("Content-Type: application/json\r\nContent-Length: ").Append(Encoding.UTF8.GetByteCount(body)).Append("\r\n");
        return Encoding.UTF8.GetBytes(head.Append("\r\n").Append(body).ToString());
    }

    /// <summary>Sends the request and answers the status of the response.</summary>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        await _socket.SendAsync(request);
        _filled = 0;
        int end;
        while ((end = _buffer.AsSpan(0, _filled).IndexOf(EndOfHead)) < 0)
            await ReceiveAsync();
        end += 4;
        var status = ReadStatus();
        Body = FindLength(_buffer.AsSpan(0, end)) is { } length ? await ReadFixedAsync(end, length) : await ReadChunksAsync(end, status);
        return status;
    }

    public void Dispose() => _socket.Dispose();

    private int ReadStatus() => Utf8Parser.TryParse(_buffer.AsSpan(9, 3), out int status, out _) ? status : throw new InvalidDataException("No HTTP answer.");

    private static int? FindLength(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("Content-Length: "u8);
        return at >= 0 && Utf8Parser.TryParse(head[(at + 16)..], out int length, out _) ? length : null;
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadFixedAsync(int start, int length)
    {
        while (_filled < start + length)
            await ReceiveAsync();
        return _buffer.AsMemory(start, length);
    }

    // The chunks are put together in place.
    private async ValueTask<ReadOnlyMemory<byte>> ReadChunksAsync(int start, int status)
    {
        if (status is 204 or 304)
            return default;
        var (read, written) = (start, start);
        while (true)
        {
            int line;
            while ((line = _buffer.AsSpan(read, _filled - read).IndexOf("\r\n"u8)) < 0)
                await ReceiveAsync();
            if (!Utf8Parser.TryParse(_buffer.AsSpan(read, line), out int size, out _, 'x'))
                throw new InvalidDataException("No length of a chunk.");
            read += line + 2;
            while (_filled < read + size + 2)
                await ReceiveAsync();
            _buffer.AsSpan(read, size).CopyTo(_buffer.AsSpan(written));
            written += size;
            read += size + 2;
            if (size == 0)
                return _buffer.AsMemory(start, written - start);
        }
    }

    private async ValueTask ReceiveAsync()
    {
        if (_filled == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var received = await _socket.ReceiveAsync(_buffer.AsMemory(_filled));
        if (received == 0)
            throw new IOException("The server closed the connection.");
        _filled += received;
    }
}
