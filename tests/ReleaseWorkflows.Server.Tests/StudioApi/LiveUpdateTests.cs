using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.StudioApi;

/// <summary>The hub that Studio's instance viewer connects to, in its own protocol.</summary>
public sealed class LiveUpdateTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Hub = "/elsa/hubs/workflow-instance";

    [Fact]
    public async Task A_viewer_hears_of_the_release_that_moves_over_HTTP()
    {
        var scene = await ReleaseScene.CreateAsync(shared.Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        var instance = (await scene.InstanceAsync(id)).Id;
        await using var viewer = await Viewer.ConnectAsync(shared.Server, Role.Administrator);
        await viewer.ObserveAsync(instance);

        await scene.DoAsync(id, "apply");
        var stats = await viewer.HearAsync("ActivityExecutionLogUpdatedAsync");
        await viewer.HearAsync("WorkflowExecutionLogUpdatedAsync");
        var moved = await viewer.HearAsync("WorkflowInstanceUpdatedAsync");

        Assert.Equal(instance, moved.GetProperty("workflowInstanceId").GetString());
        Assert.Contains(stats.GetProperty("stats").EnumerateArray(), one => one.GetProperty("isBlocked").GetBoolean());
    }

    [Fact]
    public async Task Nobody_connects_without_credentials_or_without_a_token_of_a_negotiation()
    {
        var anonymous = await shared.Server.Anonymous.PostAsync($"{Hub}/negotiate?negotiateVersion=1");
        var developer = await shared.Server.As(Role.Developer).PostAsync($"{Hub}/negotiate?negotiateVersion=1");
        var skipped = await shared.Server.As(Role.Administrator).GetAsync(Hub);
        var guessed = await shared.Server.Anonymous.GetAsync($"{Hub}?id=guessed");

        Assert.Equal(
            [HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized],
            [anonymous.Status, developer.Status, skipped.Status, guessed.Status]);
    }

    [Fact]
    public async Task The_feature_that_makes_Studio_connect_is_listed()
    {
        var features = await shared.Server.As(Role.Administrator).GetAsync("/elsa/api/features/installed");

        Assert.Contains(features.Items, feature => feature.GetProperty("fullName").GetString() == "Elsa.RealTimeWorkflowUpdates");
    }

    /// <summary>A client of the hub: JSON over a web socket, without credentials on the socket, as a browser with an API key.</summary>
    private sealed class Viewer : IAsyncDisposable
    {
        private const char End = '\u001e';
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

        private readonly ClientWebSocket _socket = new();
        private readonly StringBuilder _read = new();

        public static async Task<Viewer> ConnectAsync(TestServer server, Role role)
        {
            var negotiation = await server.As(role).PostAsync($"{Hub}/negotiate?negotiateVersion=1");
            var viewer = new Viewer();
            using var patience = new CancellationTokenSource(Patience);
            var address = new UriBuilder(server.Http.BaseAddress!) { Scheme = "ws", Path = Hub, Query = "id=" + negotiation.Text("connectionToken") };
            await viewer._socket.ConnectAsync(address.Uri, patience.Token);
            await viewer.SendAsync("""{"protocol":"json","version":1}""");
            await viewer.NextAsync();
            return viewer;
        }

        /// <summary>Names the instance and waits until the server has taken note.</summary>
        public async Task ObserveAsync(string instanceId)
        {
            await SendAsync(JsonSerializer.Serialize(new { type = 1, invocationId = "1", target = "ObserveInstanceAsync", arguments = new[] { instanceId } }));
            while ((await NextAsync()).GetProperty("type").GetInt32() != 3)
            {
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

        public async ValueTask DisposeAsync()
        {
            _socket.Abort();
            _socket.Dispose();
            await ValueTask.CompletedTask;
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
}
