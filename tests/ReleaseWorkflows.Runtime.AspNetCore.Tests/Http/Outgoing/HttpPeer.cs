using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ReleaseWorkflows.Runtime.AspNetCore.Tests.Http.Outgoing;

/// <summary>A real web server on a free port of this machine, which answers as the test says and remembers what it was asked.</summary>
internal sealed class HttpPeer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();

    private HttpPeer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public Func<HttpContext, Task> Answer { get; set; } = context => context.Response.WriteAsync("hello");

    public IReadOnlyList<Received> Requests => [.. _received];

    public Received Request => Assert.Single(_received);

    public Uri Url { get; private set; } = null!;

    public static async Task<HttpPeer> StartAsync()
    {
        var peer = new HttpPeer();
        await peer._app.StartAsync();
        peer.Url = new Uri(peer._app.Urls.Single());
        return peer;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        _received.Enqueue(new Received(
            context.Request.Method,
            context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync()));
        await Answer(context);
    }
}

/// <summary>A request as the peer got it.</summary>
internal sealed record Received(string Method, string Path, Dictionary<string, string> Headers, string Body);
