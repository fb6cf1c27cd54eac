using Elsa.Workflows;
using Elsa.Workflows.IncidentStrategies;
using Elsa.Workflows.Models;
using Elsa.Workflows.Signals;
using Elsa.Workflows.State;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>
/// What becomes of an exception: the execution whose code threw is faulted, the instance has an incident, and the incident strategy decides
/// whether anything further runs. What the failed code had queued is taken back, so that it is queued once when the instance is tried again.
/// </summary>
internal static class Failures
{
    private static readonly FaultStrategy Fault = new();

    /// <summary>
    /// True for what ends the unit of work and says nothing about the workflow: cancellation of the whole burst, a lost race, a store that is down.
    /// </summary>
    public static bool IsForTheCaller(Exception exception, CancellationToken cancellationToken) =>
        exception is ConcurrencyConflictException or StoreUnavailableException
        || (exception is OperationCanceledException && cancellationToken.IsCancellationRequested);

    /// <summary>The code of an activity threw.</summary>
    public static async ValueTask FailAsync(ActivityExecutionContext context, Exception exception)
    {
        // What threw after it had completed is not run again; what it had queued is what comes next.
        if (!context.IsCompleted)
        {
            context.RemoveNewBookmarks();
            context.HasFailedItself = true;
            context.TransitionTo(ActivityStatus.Faulted);
        }

        await HandleAsync(context, exception);
    }

    /// <summary>The callback of an activity threw. It is kept, to be called again when the instance is tried again.</summary>
    public static async ValueTask FailAsync(CallbackException failure)
    {
        var owner = failure.Call.Completion.Owner;
        if (!owner.IsCompleted)
        {
            (owner.FailedCallbacks ??= []).Add(failure.Call);
            owner.TransitionTo(ActivityStatus.Faulted);
        }

        await HandleAsync(owner, failure.Cause);
    }

    /// <summary>The instance has an incident that no exception tells about.</summary>
    public static void Report(ActivityExecutionContext context, string message, ExceptionState? exception = null) =>
        context.WorkflowExecutionContext.Incidents.Add(new ActivityIncident(
            context.Activity.Id, context.NodeId, context.Activity.Type, message, exception, context.WorkflowExecutionContext.Now, context.Id));

    /// <summary>Something failed beside the way, and does not keep the workflow from going on.</summary>
    public static void ReportBeside(ActivityExecutionContext context, Exception exception)
    {
        var state = ExceptionState.FromException(exception);
        Report(context, MessageOf(exception), state);
        context.AddExecutionLogEntry(JournalEvents.Faulted, MessageOf(exception), SourceOf(context), state);
    }

    /// <summary>The message of an exception; that of a class which cannot even tell it is the name of the class.</summary>
    public static string MessageOf(Exception exception) => ExceptionState.FromException(exception)!.Message;

    /// <summary>Where the activity was created, if it was in code.</summary>
    public static string? SourceOf(ActivityExecutionContext context) =>
        context.Activity is Activity { } activity ? Elsa.Extensions.ActivityPropertyExtensions.GetSource(activity) : null;

    private static async ValueTask HandleAsync(ActivityExecutionContext context, Exception exception)
    {
        var burst = context.WorkflowExecutionContext;
        context.Exception = exception;
        ReportBeside(context, exception);

        for (var ancestor = context; ancestor is not null; ancestor = ancestor.ParentActivityExecutionContext)
        {
            ancestor.AggregateFaultCount++;
            ancestor.Taint();
        }

        try
        {
            if (burst.Graph.HasSignalHandlers)
                await context.SendSignalAsync(new FaultSignal(exception, context));
            StrategyOf(burst).HandleIncident(context);
        }
        catch (Exception second) when (!IsForTheCaller(second, burst.CancellationToken))
        {
            ReportBeside(context, second);
            Fault.HandleIncident(context);
        }
    }

    private static IIncidentStrategy StrategyOf(WorkflowExecutionContext burst)
    {
        var type = burst.Workflow.Options.IncidentStrategyType ?? burst.Engine.DefaultIncidentStrategy;
        return type == typeof(FaultStrategy)
            ? Fault
            : (IIncidentStrategy)ActivatorUtilities.GetServiceOrCreateInstance(burst.ServiceProvider, type);
    }
}
