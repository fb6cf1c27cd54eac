using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>
/// The addresses of all published workflows. Read from the triggers when it is first needed and again after they changed; requests in between
/// cost no query.
/// </summary>
/// <remarks>
/// Beside the endpoints that start workflows it holds the templates at which running workflows may wait, as far as published definitions
/// write them down: a waiting endpoint is found by hash, and its hash holds the template, not the address.
/// </remarks>
internal sealed partial class HttpRouteTable : IDisposable
{
    private readonly IUnitOfWorkRunner _units;
    private readonly IInlineConstraintResolver _constraints;
    private readonly IWorkflowDefinitions? _definitions;
    private readonly ILogger<HttpRouteTable> _logger;
    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile Snapshot? _snapshot;
    private long _changes;

    public HttpRouteTable(
        IUnitOfWorkRunner units, IInlineConstraintResolver constraints, ILogger<HttpRouteTable> logger, IWorkflowDefinitions? definitions = null)
    {
        _units = units;
        _constraints = constraints;
        _logger = logger;
        _definitions = definitions;
        if (definitions is not null)
            definitions.TriggersChanged += OnTriggersChanged;
    }

    /// <summary>Reads the triggers again before the next request.</summary>
    public void Invalidate() => Interlocked.Increment(ref _changes);

    /// <summary>The addresses as they are now.</summary>
    public async ValueTask<Snapshot> GetAsync(CancellationToken cancellationToken)
    {
        if (_snapshot is { } current && current.Changes == Interlocked.Read(ref _changes))
            return current;

        await _loading.WaitAsync(cancellationToken);
        try
        {
            // Counted before reading: a change in between leads to one more reading, never to a missed one.
            var changes = Interlocked.Read(ref _changes);
            return _snapshot is { } fresh && fresh.Changes == changes ? fresh : _snapshot = await ReadAsync(changes, cancellationToken);
        }
        finally
        {
            _loading.Release();
        }
    }

    public void Dispose()
    {
        if (_definitions is not null)
            _definitions.TriggersChanged -= OnTriggersChanged;
        _loading.Dispose();
    }

    private Task<Snapshot> ReadAsync(long changes, CancellationToken cancellationToken) => _units.RunAsync(
        async (services, stop) =>
        {
            var store = services.GetRequiredService<IWorkflowStore>();
            var endpoints = new List<StartingEndpoint>();
            foreach (var trigger in await store.ListTriggersAsync(HttpEndpointStimulus.Name, stop))
            {
                if (Read(trigger.PayloadJson) is { } stimulus && TryParse(stimulus, trigger.DefinitionId) is { } route)
                    endpoints.Add(new StartingEndpoint(route, stimulus.Method, stimulus.Settings ?? EndpointSettings.None, trigger));
            }

            var templates = new Dictionary<string, HttpRoute>(StringComparer.Ordinal);
            foreach (var definition in await store.ListPublishedDefinitionsAsync(stop))
            {
                foreach (var path in WaitingTemplates.In(definition.Json))
                {
                    if (TryParse(new HttpEndpointStimulus(HttpRoute.Normalize(path), "") { Template = path }, definition.DefinitionId) is { HasParameters: true } route)
                        templates.TryAdd(route.Path, route);
                }
            }

            return UnitOfWorkResult.Discard(new Snapshot(changes, endpoints, [.. templates.Values]));
        },
        cancellationToken);

    internal static HttpEndpointStimulus? Read(string? payload)
    {
        if (payload is null)
            return null;
        try
        {
            return JsonSerializer.Deserialize<HttpEndpointStimulus>(payload, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private HttpRoute? TryParse(HttpEndpointStimulus stimulus, string definitionId)
    {
        try
        {
            return HttpRoute.Parse(stimulus.Template ?? stimulus.Path, _constraints);
        }
        catch (Exception exception) when (exception is RoutePatternException or InvalidOperationException)
        {
            LogUnusable(definitionId, stimulus.Template ?? stimulus.Path, exception.Message);
            return null;
        }
    }

    private void OnTriggersChanged(object? sender, TriggersChangedEventArgs change) => Invalidate();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The HTTP endpoint of {DefinitionId} has an address that cannot be matched, {Template}: {Reason}")]
    private partial void LogUnusable(string definitionId, string template, string reason);

    /// <summary>An endpoint that starts a workflow.</summary>
    /// <param name="Route">Its address.</param>
    /// <param name="Method">Its method, in lower case.</param>
    /// <param name="Settings">What is checked before.</param>
    /// <param name="Trigger">What is started.</param>
    internal sealed record StartingEndpoint(HttpRoute Route, string Method, EndpointSettings Settings, TriggerRecord Trigger);

    /// <summary>All addresses at one time.</summary>
    /// <param name="Changes">Number of changes the snapshot has seen.</param>
    /// <param name="Starting">Endpoints that start workflows.</param>
    /// <param name="Waiting">Templates at which running workflows may wait.</param>
    internal sealed record Snapshot(long Changes, IReadOnlyList<StartingEndpoint> Starting, IReadOnlyList<HttpRoute> Waiting)
    {
        /// <summary>The most specific endpoints for the request; more than one if they are equally specific.</summary>
        public IReadOnlyList<StartingEndpoint> Find(HttpContext context, string path, string method)
        {
            var matching = Starting
                .Where(endpoint => endpoint.Method.Equals(method, StringComparison.OrdinalIgnoreCase) && endpoint.Route.Match(path, context) is not null)
                .ToList();
            if (matching.Count < 2)
                return matching;
            var best = matching.Min(endpoint => endpoint.Route.Precedence);
            return [.. matching.Where(endpoint => endpoint.Route.Precedence == best)];
        }

        /// <summary>The methods that are answered at this address.</summary>
        public IReadOnlyList<string> MethodsAt(HttpContext context, string path) =>
            [.. Starting.Where(endpoint => endpoint.Route.Match(path, context) is not null)
                .Select(endpoint => endpoint.Method.ToUpperInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

        /// <summary>The addresses in the form that is hashed at which a workflow may wait for this request.</summary>
        public IEnumerable<string> WaitingPaths(HttpContext context, string path) =>
            Waiting.Where(route => route.Match(path, context) is not null).OrderBy(route => route.Precedence).Select(route => route.Path)
                .Prepend(HttpRoute.Normalize(path));
    }
}
