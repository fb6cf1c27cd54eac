using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NSubstitute;
using ReleaseWorkflows.Runtime.AspNetCore.Http;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.Tests.Http;

/// <summary>
/// A web host with the endpoints under test. The engine is a script given by the test, so that each test says what the workflow does and sees what
/// became of its unit of work.
/// </summary>
internal sealed class HttpHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<TriggerRecord> _triggers = [];
    private readonly List<BookmarkRecord> _bookmarks = [];

    private HttpHost(Action<WorkflowHttpOptions>? configure, Action<IServiceCollection>? addServices)
    {
        Definitions = Substitute.For<IWorkflowDefinitions>();
        Store = CreateStore();
        Units = new RecordingUnits();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication("Test").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("Test", null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("Publishers", policy => policy.RequireRole("publisher"));
        builder.Services.AddSingleton(Definitions).AddSingleton(Store).AddSingleton(this).AddSingleton(PathHasher());
        builder.Services.AddSingleton<IUnitOfWorkRunner>(provider =>
        {
            Units.Services = provider;
            return Units;
        });
        builder.Services.AddScoped<IWorkflowEngine, ScriptedEngine>();
        addServices?.Invoke(builder.Services);
        builder.Services.AddWorkflowHttp(configure);
        _app = builder.Build();
        _app.UseAuthentication();
        _app.UseWorkflowHttpEndpoints();
        _app.Run(context => context.Response.WriteAsync("the host's own page"));
    }

    /// <summary>What the workflow does: gets the services of its unit of work and answers what became of the instance.</summary>
    public Func<IServiceProvider, StartWorkflow?, CancellationToken, Task<WorkflowRun?>> Workflow { get; set; } =
        (_, _, _) => Task.FromResult<WorkflowRun?>(Run());

    public IWorkflowDefinitions Definitions { get; }

    public IWorkflowStore Store { get; }

    public RecordingUnits Units { get; }

    public HttpClient Client { get; private set; } = null!;

    /// <summary>The bookmark that was resumed last.</summary>
    public (string InstanceId, string BookmarkId)? Resumed { get; private set; }

    public static async Task<HttpHost> StartAsync(Action<WorkflowHttpOptions>? configure = null, Action<IServiceCollection>? addServices = null)
    {
        var host = new HttpHost(configure, addServices);
        await host._app.StartAsync();
        host.Client = host._app.GetTestClient();
        return host;
    }

    public static WorkflowRun Run(
        WorkflowSubStatus subStatus = WorkflowSubStatus.Finished, string instanceId = "instance-1", params ActivityIncident[] incidents) => new()
        {
            InstanceId = instanceId,
            DefinitionId = "definition",
            DefinitionVersionId = "version",
            DefinitionVersion = 1,
            Status = subStatus is WorkflowSubStatus.Suspended ? WorkflowStatus.Running : WorkflowStatus.Finished,
            SubStatus = subStatus,
            Output = new Dictionary<string, object>(),
            Incidents = incidents,
            Bookmarks = [],
        };

    /// <summary>Publishes an endpoint that starts a workflow.</summary>
    public HttpHost Publish(string path, string method = "post", EndpointSettings? settings = null, string definitionId = "definition")
    {
        var stimulus = new HttpEndpointStimulus(HttpRoute.Normalize(path), method) { Template = path, Settings = settings };
        _triggers.Add(new TriggerRecord(
            $"t{_triggers.Count}", definitionId, definitionId + "-v1", HttpEndpointStimulus.Name, "endpoint", "", JsonSerializer.Serialize(stimulus)));
        return this;
    }

    public void Unpublish() => _triggers.Clear();

    /// <summary>Lets an instance wait for a request.</summary>
    public HttpHost Wait(string path, string instanceId, string? correlationId = null, string method = "post", EndpointSettings? settings = null)
    {
        var stimulus = new HttpEndpointStimulus(HttpRoute.Normalize(path), method) { Template = path, Settings = settings };
        _bookmarks.Add(new BookmarkRecord(
            $"b{_bookmarks.Count}", instanceId, HttpEndpointStimulus.Name, $"{method} {stimulus.Path}", "endpoint", "execution", correlationId,
            JsonSerializer.Serialize(stimulus), DateTimeOffset.UnixEpoch));
        return this;
    }

    public Task<HttpResponseMessage> PostAsync(string path, string body = "", string contentType = "application/json", params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        request.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(contentType);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private IWorkflowStore CreateStore()
    {
        var store = Substitute.For<IWorkflowStore>();
        store.ListTriggersAsync(HttpEndpointStimulus.Name, default).ReturnsForAnyArgs(_ => _triggers.ToArray());
        store.ListPublishedDefinitionsAsync(default).ReturnsForAnyArgs([]);
        store.FindBookmarksAsync("", null, null, default).ReturnsForAnyArgs(call =>
        {
            var (hash, correlationId) = (call.ArgAt<string>(0), call.ArgAt<string?>(1));
            return _bookmarks.Where(bookmark => bookmark.Hash == hash && (correlationId is null || bookmark.CorrelationId == correlationId)).ToArray();
        });
        store.FindInstanceBookmarksAsync("", default).ReturnsForAnyArgs(call =>
            _bookmarks.Where(bookmark => bookmark.InstanceId == call.ArgAt<string>(0)).ToArray());
        return store;
    }

    private static IStimulusHasher PathHasher()
    {
        var hasher = Substitute.For<IStimulusHasher>();
        hasher.Hash("", null, null).ReturnsForAnyArgs(call =>
            call.ArgAt<object?>(1) is HttpEndpointStimulus stimulus ? $"{stimulus.Method} {stimulus.Path}" : "");
        return hasher;
    }

    /// <summary>Runs units of work in scopes of their own, counts how they end, and can let the first commits lose a race.</summary>
    internal sealed class RecordingUnits : IUnitOfWorkRunner
    {
        public IServiceProvider Services { get; set; } = null!;

        public int Commits { get; private set; }

        public int ConflictsToCome { get; set; }

        public Action? OnCommit { get; set; }

        public async Task<T> RunAsync<T>(Func<IServiceProvider, CancellationToken, Task<UnitOfWorkResult<T>>> work, CancellationToken cancellationToken)
        {
            while (true)
            {
                await using var scope = Services.CreateAsyncScope();
                var result = await work(scope.ServiceProvider, cancellationToken);
                if (!result.IsCommitted)
                    return result.Value;
                if (ConflictsToCome-- > 0)
                    continue;
                OnCommit?.Invoke();
                Commits++;
                return result.Value;
            }
        }
    }

    private sealed class ScriptedEngine(HttpHost host, IServiceProvider services) : IWorkflowEngine
    {
        public async Task<WorkflowRun> StartAsync(StartWorkflow start, CancellationToken cancellationToken = default) =>
            (await host.Workflow(services, start, cancellationToken))!;

        public Task<WorkflowRun?> ResumeAsync(
            string instanceId, string bookmarkId, IReadOnlyDictionary<string, object?>? input = null, CancellationToken cancellationToken = default)
        {
            host.Resumed = (instanceId, bookmarkId);
            return host.Workflow(services, null, cancellationToken);
        }

        public Task<StimulusOutcome> SignalAsync(Stimulus stimulus, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<bool> CancelAsync(string instanceId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<InstanceDeletion> DeleteAsync(string instanceId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<bool> SetVariablesAsync(
            string instanceId, IReadOnlyDictionary<string, object?> values, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<WorkflowRun?> RetryAsync(string instanceId, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    /// <summary>Signs a caller in by the header X-User: a name, and after a colon a role.</summary>
    private sealed class HeaderAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["X-User"].ToString() is not { Length: > 0 } user)
                return Task.FromResult(AuthenticateResult.NoResult());
            var parts = user.Split(':');
            var claims = new List<Claim> { new(ClaimTypes.Name, parts[0]) };
            if (parts.Length > 1)
                claims.Add(new Claim(ClaimTypes.Role, parts[1]));
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, "Test")), "Test")));
        }
    }
}
