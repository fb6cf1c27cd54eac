using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace ReleaseWorkflows.Server.Tests.Infrastructure;

/// <summary>A client of a SignalR hub in the protocol itself: JSON over a web socket.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private const char End = '\u001e';
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ClientWebSocket _socket = new();
    private readonly StringBuilder _read = new();

    /// <summary>Connects and shakes hands.</summary>
    /// <param name="server">The server.</param>
    /// <param name="pathAndQuery">Where the hub is.</param>
    /// <param name="apiKey">Sent with the web socket; null: without credentials.</param>
    public static async Task<HubClient> ConnectAsync(TestServer server, string pathAndQuery, string? apiKey = null)
    {
        var client = new HubClient();
        using var patience = new CancellationTokenSource(Patience);
        if (apiKey is not null)
        {
            client._socket.Options.SetRequestHeader("Authorization", "ApiKey " + apiKey);
        }

        await client._socket.ConnectAsync(new UriBuilder(new Uri(server.Http.BaseAddress!, pathAndQuery)) { Scheme = "ws" }.Uri, patience.Token);
        await client.SendAsync("""{"protocol":"json","version":1}""");
        await client.NextAsync();
        return client;
    }

    /// <summary>Calls a method of the hub and waits for its completion.</summary>
    public async Task<JsonElement> InvokeAsync(string method, string argument)
    {
        await SendAsync(JsonSerializer.Serialize(new { type = 1, invocationId = "1", target = method, arguments = new[] { argument } }));
        while (true)
        {
            var message = await NextAsync();
            if (message.GetProperty("type").GetInt32() == 3)
            {
                return message;
            }
        }
    }

    /// <summary>The argument of the next message of this name.</summary>
    public async Task<JsonElement> HearAsync(string target)
    {
        while (true)
        {
            var message = await NextAsync();
            if (message.TryGetProperty("target", out var name) && name.GetString() == target)
            {
                return message.GetProperty("arguments")[0];
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task SendAsync(string message) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private async Task<JsonElement> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var text = _read.ToString();
            if (text.IndexOf(End, StringComparison.Ordinal) is >= 0 and var end)
            {
                _read.Remove(0, end + 1);
                return JsonElement.Parse(text[..end]);
            }

            var result = await _socket.ReceiveAsync(buffer, patience.Token);
            _read.Append(Encoding.UTF8.GetString(buffer, 0, result.Count));
        }
    }
}
