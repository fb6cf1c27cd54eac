using System.Diagnostics;
using Elsa.Workflows;
using Activity = System.Diagnostics.Activity;
using ActivityKind = System.Diagnostics.ActivityKind;

namespace ReleaseWorkflows.Runtime.Telemetry;

/// <summary>The traces of the engine, and how work that is done later goes on with the trace of the request that asked for it.</summary>
public static class Traces
{
    /// <summary>Name of the engine's source.</summary>
    public const string SourceName = "ReleaseWorkflows.Runtime";

    internal static readonly ActivitySource Source = new(SourceName);

    /// <summary>
    /// Goes on with the trace of an earlier request, so that logs, traces and outgoing calls carry its id. Also without anybody who collects traces.
    /// </summary>
    /// <param name="source">Whose work it is.</param>
    /// <param name="name">What is done.</param>
    /// <param name="traceParent">The request, as a W3C <c>traceparent</c>; null begins a trace of its own.</param>
    public static Activity Continue(this ActivitySource source, string name, string? traceParent)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent))
            return source.StartActivity(name, ActivityKind.Consumer) ?? new Activity(name).Start();

        return source.StartActivity(name, ActivityKind.Consumer, parent) ?? new Activity(name).SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags).Start();
    }

    /// <summary>The span of a burst; null if nobody collects traces.</summary>
    internal static Activity? StartBurst(WorkflowExecutionContext context)
    {
        var span = Source.StartActivity("burst");
        span?.SetTag("workflow.definition", context.Workflow.Identity.DefinitionId).SetTag("workflow.version", context.Workflow.Identity.Version).SetTag("workflow.instance", context.Id);
        return span;
    }

    /// <summary>Says what came of a burst.</summary>
    internal static void End(Activity? span, WorkflowExecutionContext context)
    {
        if (span is null)
            return;
        span.SetTag("workflow.status", context.SubStatus.ToString());
        if (context.SubStatus == WorkflowSubStatus.Faulted)
            span.SetStatus(ActivityStatusCode.Error);
    }
}
