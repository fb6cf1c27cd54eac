using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Telemetry;

/// <summary>One id leads from a request over its burst and its commit to what leaves the platform later, and stands in every line of the log about it.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task The_trace_of_a_request_goes_on_in_the_call_that_leaves_later_and_in_the_log()
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        using var spans = new Spans(trace);
        using var log = new TracedLog();
        await using var peer = await HttpPeer.StartAsync();
        var refusals = 1;
        peer.Answer = context =>
        {
            context.Response.StatusCode = Interlocked.Decrement(ref refusals) >= 0 ? StatusCodes.Status500InternalServerError : StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        };
        await using var server = await TestServer.StartAsync(log.AddTo, null, peer.Setting, "--ReleaseWorkflows:Outbox:FirstDelay=00:00:00.010");
        (await server.As(Role.WorkspaceAdmin).PutAsync("/api/apps/superapp-a/webhook", new { url = peer.Url.ToString() })).Is(HttpStatusCode.OK);
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var id = await scene.ReleaseAsync("Test");

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/releases/{id}/apply") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Authorization", "ApiKey " + server.DemoUser(Role.DeveloperAdmin).ApiKey);
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Eventually.BeTrueAsync(() => peer.Requests.Count == 2, "the second attempt");

        Assert.All(peer.Requests, call => Assert.Equal(trace, call.Headers["traceparent"].Split('-')[1]));
        var effects = (await scene.Developer.GetAsync($"/api/releases/{id}/effects")).Items;
        Assert.Contains(effects, effect => effect.GetProperty("kind").GetString() == "webhook" && effect.GetProperty("traceId").GetString() == trace);
        Assert.Contains(log.Lines, line => line.TraceId == trace && line.Text.Contains("failed (attempt 1)", StringComparison.Ordinal));
        await Eventually.BeTrueAsync(() => spans.Names.Count(name => name == "outbox webhook") == 2, "the spans of both attempts");
        Assert.Contains("burst", spans.Names);
        // One commit of the request, one for each attempt.
        Assert.True(spans.Names.Count(name => name == "commit") >= 3, string.Join(", ", spans.Names));
    }

    [Theory]
    [InlineData("Production", "json")]
    [InlineData("Development", null)]
    public async Task Outside_Development_the_log_is_JSON_with_the_ids_of_traces(string environment, string? formatter)
    {
        await using var server = await TestServer.StartAsync(settings: $"--environment={environment}");

        Assert.Equal(formatter, server.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
        if (formatter is not null)
            Assert.True(server.Services.GetRequiredService<IOptionsMonitor<JsonConsoleFormatterOptions>>().CurrentValue.IncludeScopes);
    }

    /// <summary>The spans of one trace that have ended.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ConcurrentQueue<string> _names = new();
        private readonly ActivityListener _listener;

        public Spans(string trace)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name.StartsWith("ReleaseWorkflows", StringComparison.Ordinal),
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = span =>
                {
                    if (span.TraceId.ToHexString() == trace)
                        _names.Enqueue(span.OperationName);
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IReadOnlyCollection<string> Names => _names;

        public void Dispose() => _listener.Dispose();
    }

    /// <summary>Lines of the log with the trace they belong to, as a console shows them.</summary>
    private sealed class TracedLog : ILoggerProvider, ISupportExternalScope
    {
        private readonly ConcurrentQueue<(string? TraceId, string Text)> _lines = new();
        private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

        public IReadOnlyCollection<(string? TraceId, string Text)> Lines => _lines;

        public void AddTo(WebApplicationBuilder builder) => builder.Logging.AddProvider(this);

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public ILogger CreateLogger(string categoryName) => new Logger(this);

        public void Dispose()
        {
        }

        private sealed class Logger(TracedLog log) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => log._scopes.Push(state);

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                string? trace = null;
                log._scopes.ForEachScope(
                    (scope, _) =>
                    {
                        if (scope is IEnumerable<KeyValuePair<string, object?>> members && members.FirstOrDefault(member => member.Key == "TraceId").Value is { } id)
                            trace = id.ToString();
                    },
                    0);
                log._lines.Enqueue((trace, formatter(state, exception)));
            }
        }
    }
}
