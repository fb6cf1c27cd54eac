using Elsa.Http;
using Elsa.Workflows;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>
/// Answers requests below the base path by running workflows: find the endpoint, let the caller in, read the request, run the burst in a unit of
/// work, commit, answer.
/// </summary>
/// <remarks>
/// <b>The answer leaves only after the commit.</b> What the workflow answers is kept apart from the connection until then; an attempt that is
/// repeated or given up takes its answer with it. A workflow that refuses a request can have everything discarded that the burst did
/// (<see cref="UnitOfWorkDecision"/>), and still give its answer.
/// </remarks>
internal sealed class HttpWorkflowMiddleware(
    RequestDelegate next, HttpRouteTable routes, HttpEndpointFinder finder, IHttpWorkflowInterceptor interceptor, IOptions<WorkflowHttpOptions> options)
{
    /// <summary>Header that names the instance a request is meant for, and the one that answered it.</summary>
    public const string InstanceHeader = "X-Workflow-Instance-ID";

    /// <summary>Header that names the correlation id.</summary>
    public const string CorrelationHeader = "X-Correlation-ID";

    private readonly WorkflowHttpOptions _options = options.Value;

    /// <summary>Answers the request, or passes it on if it lies outside the base path.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var basePath = _options.BasePath == "/" ? PathString.Empty : new PathString(_options.BasePath);
        if (!context.Request.Path.StartsWithSegments(basePath, out var rest))
        {
            await next(context);
            return;
        }

        var path = rest.HasValue && rest.Value!.Length > 1 ? rest.Value.TrimEnd('/') : "/";
        var answer = await AnswerAsync(context, path);
        if (answer is null)
            await next(context);
        else
            await answer.WriteAsync(context);
    }

    private async Task<HttpWorkflowResponse?> AnswerAsync(HttpContext context, string path)
    {
        var (target, failure) = await FindAsync(context, path);
        if (target is null)
            return failure;
        if (await RefuseAsync(context, target.Settings) is { } refusal)
            return refusal;

        var timeout = target.Settings.RequestTimeout is { } own && own > TimeSpan.Zero ? own : _options.RequestTimeout;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        stop.CancelAfter(timeout);
        try
        {
            var limit = Math.Min(target.Settings.RequestSizeLimit ?? _options.RequestSizeLimit, _options.MaxRequestSizeLimit);
            var (snapshot, unreadable) = await new RequestReader(context.Request, path, limit, _options.MaxJsonDepth).ReadAsync(stop.Token);
            if (snapshot is null)
                return unreadable;
            if (snapshot.IsTooLarge && !target.Settings.HandlesRequestTooLarge)
                return HttpProblems.TooLarge(limit);
            return await interceptor.RunAsync(context, (services, cancel) => RunAsync(services, context, target, snapshot, cancel), stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            return HttpProblems.TimedOut(timeout);
        }
    }

    private async Task<(HttpTarget? Target, HttpWorkflowResponse? Failure)> FindAsync(HttpContext context, string path)
    {
        var addresses = await routes.GetAsync(context.RequestAborted);
        var targets = await finder.FindAsync(context, addresses, path, InstanceId(context), CorrelationId(context));
        if (targets.Count == 1)
            return (targets[0], null);
        if (targets.Count > 1)
            return (null, HttpProblems.Ambiguous(path));
        if (addresses.MethodsAt(context, path) is { Count: > 0 } methods && !methods.Contains(context.Request.Method, StringComparer.OrdinalIgnoreCase))
            return (null, HttpProblems.MethodNotAllowed(path, context.Request.Method, methods));

        // At the root everything the host serves lies below the base path as well.
        return (null, _options.BasePath == "/" ? null : HttpProblems.UnknownAddress(path));
    }

    private async Task<HttpWorkflowResponse?> RefuseAsync(HttpContext context, EndpointSettings settings)
    {
        if (!settings.Authorize)
            return null;
        var policies = context.RequestServices.GetRequiredService<IAuthorizationPolicyProvider>();
        var policy = string.IsNullOrWhiteSpace(settings.Policy)
            ? await policies.GetDefaultPolicyAsync()
            : await policies.GetPolicyAsync(settings.Policy) ?? throw new InvalidOperationException($"There is no authorization policy '{settings.Policy}'.");
        var evaluator = context.RequestServices.GetRequiredService<IPolicyEvaluator>();
        var authentication = await evaluator.AuthenticateAsync(policy, context);
        var authorization = await evaluator.AuthorizeAsync(policy, authentication, context, context);
        return authorization switch
        {
            { Succeeded: true } => null,
            { Challenged: true } => HttpProblems.Unauthorized(_options.Challenge),
            _ => HttpProblems.Forbidden(),
        };
    }

    private static async Task<UnitOfWorkResult<HttpWorkflowResponse>> RunAsync(
        IServiceProvider services, HttpContext context, HttpTarget target, HttpRequestSnapshot snapshot, CancellationToken cancellationToken)
    {
        var exchange = services.GetRequiredService<HttpExchange>();
        exchange.Begin(snapshot);
        var engine = services.GetRequiredService<IWorkflowEngine>();
        var run = target.Trigger is { } trigger
            ? await engine.StartAsync(
                new StartWorkflow { VersionId = trigger.DefinitionVersionId, TriggerActivityId = trigger.ActivityId, CorrelationId = CorrelationId(context) },
                cancellationToken)
            : await engine.ResumeAsync(target.Bookmark!.InstanceId, target.Bookmark.Id, input: null, cancellationToken);
        if (run is null)
            return UnitOfWorkResult.Discard(HttpProblems.NotWaiting());

        var decision = services.GetRequiredService<UnitOfWorkDecision>();
        var answer = run.SubStatus is WorkflowSubStatus.Faulted
            ? HttpProblems.Faulted(run, run.Incidents.Count > 0 ? run.Incidents[^1] : null)
            : exchange.Response ?? HttpAnswers.ForSilence(run);
        return decision.End(decision.IsDiscarded ? answer : answer.WithHeader(InstanceHeader, run.InstanceId));
    }

    private static string? InstanceId(HttpContext context) => Named(context, InstanceHeader, "workflowInstanceId");

    private static string? CorrelationId(HttpContext context) => Named(context, CorrelationHeader, "correlationId");

    private static string? Named(HttpContext context, string header, string parameter)
    {
        var value = context.Request.Headers[header].ToString() is { Length: > 0 } named ? named : context.Request.Query[parameter].ToString();
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }
}
