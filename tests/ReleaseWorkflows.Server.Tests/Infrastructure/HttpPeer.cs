using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ReleaseWorkflows.Server.Tests.Infrastructure;

/// <summary>Somebody else's server, which the platform calls: it keeps what it gets and answers what it is told to.</summary>
public sealed class HttpPeer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedRequest> _received = new();

    private HttpPeer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>What it answers; by default 200 without a body.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    /// <summary>What it got, the oldest first.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => [.. _received];

    /// <summary>Its address.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>The setting that lets the platform call it although its address is private.</summary>
    public string Setting => $"--ReleaseWorkflows:OutgoingHttp:AllowedPrivateHosts:0={Url.Authority}";

    /// <summary>Starts one on a free port.</summary>
    public static async Task<HttpPeer> StartAsync()
    {
        var peer = new HttpPeer();
        await peer._app.StartAsync();
        peer.Url = new Uri(peer._app.Urls.Single());
        return peer;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        _received.Enqueue(new ReceivedRequest(
            context.Request.Method,
            context.Request.Path,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync()));
        await Answer(context);
    }
}

/// <summary>A request as it came.</summary>
public sealed record ReceivedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);
