using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Activities;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Extensions;

/// <summary>What activities do with their execution, beyond its own members.</summary>
public static class ActivityExecutionContextExtensions
{
    /// <summary>An input of the workflow or of the stimulus, if there is one.</summary>
    public static bool TryGetWorkflowInput<T>(
        this ActivityExecutionContext context,
        string key,
        [NotNullWhen(true)] out T? value,
        JsonSerializerOptions? serializerOptions = null)
    {
        if (PropertyBag.TryGetIgnoreCase(context.WorkflowInput, key, out var found) && found is not null)
        {
            value = Values.To<T>(found);
            return value is not null;
        }

        value = default;
        return false;
    }

    /// <summary>The input of the workflow or of the stimulus that is named like the type.</summary>
    public static T GetWorkflowInput<T>(this ActivityExecutionContext context, JsonSerializerOptions? serializerOptions = null) =>
        context.GetWorkflowInput<T>(typeof(T).Name, serializerOptions);

    /// <summary>An input of the workflow or of the stimulus; the default of its type if there is none.</summary>
    public static T GetWorkflowInput<T>(
        this ActivityExecutionContext context, string key, JsonSerializerOptions? serializerOptions = null) =>
        context.TryGetWorkflowInput<T>(key, out var value, serializerOptions) ? value : default!;

    /// <summary>Sets the main output of the activity.</summary>
    /// <exception cref="InvalidOperationException">The activity has no main output.</exception>
    public static void SetResult(this ActivityExecutionContext context, object? value)
    {
        var result = context.Activity switch
        {
            IActivityWithResult activity => activity.Result,
            CodeActivityWithResult activity => activity.Result,
            _ => throw new InvalidOperationException($"An activity of type '{context.Activity.Type}' has no result."),
        };
        context.Set(result, value, "Result");
    }

    /// <summary>True if this execution is the one that the burst's trigger began: it goes on at once instead of waiting.</summary>
    public static bool IsTriggerOfWorkflow(this ActivityExecutionContext context) =>
        ReferenceEquals(context.WorkflowExecutionContext.TriggeredContext, context);

    /// <summary>Declares a variable in this execution.</summary>
    public static Variable CreateVariable(
        this ActivityExecutionContext context,
        string name,
        object? value,
        Type? storageDriverType = null,
        Action<MemoryBlock>? configure = null) => Scopes.Create(context, name, value, storageDriverType, configure);

    /// <summary>Sets the variable with this name in the nearest scope; without one, declares it in the nearest container.</summary>
    public static Variable SetVariable(
        this ActivityExecutionContext context, string name, object? value, Action<MemoryBlock>? configure = null) =>
        Scopes.Set(context, name, value, configure);

    /// <summary>Declares a variable in this execution, or sets it if it is declared here.</summary>
    public static Variable SetDynamicVariable<T>(
        this ActivityExecutionContext context, string name, T? value, Action<MemoryBlock>? configure = null) =>
        Scopes.SetHere(context, name, value, configure);

    /// <summary>The value of the variable with this name in the nearest scope; the default of its type if there is none.</summary>
    public static T? GetVariable<T>(this ActivityExecutionContext context, string name) =>
        Values.To<T>(Scopes.Find(context, name)?.Value);

    /// <summary>All variables in scope by name; the nearest wins.</summary>
    public static IDictionary<string, object?> GetVariableValues(this ActivityExecutionContext context) => Scopes.Flatten(context);

    /// <summary>The activity with this id or name, or null.</summary>
    public static IActivity? FindActivityByIdOrName(this ActivityExecutionContext activityExecutionContext, string idOrName) =>
        activityExecutionContext.WorkflowExecutionContext.Graph.FindByIdOrName(idOrName, activityExecutionContext.ActivityNode)?.Activity;

    /// <summary>Sends a signal to this execution and to the ones around it.</summary>
    public static ValueTask SendSignalAsync(this ActivityExecutionContext activityExecutionContext, object signal) =>
        activityExecutionContext.SendSignalAsync(signal);

    /// <summary>Runs the activity that is embedded in the port of this name, then completes with Done.</summary>
    public static ValueTask ScheduleOutcomesAsync(this ActivityExecutionContext activityExecutionContext, params string[] outcomes) =>
        activityExecutionContext.CompleteActivityWithOutcomesAsync(outcomes);

    /// <summary>Cancels the execution and everything inside it. A flowchart around it goes on without it.</summary>
    public static async Task CancelActivityAsync(this ActivityExecutionContext activityExecutionContext)
    {
        if (activityExecutionContext.IsCompleted)
            return;

        await activityExecutionContext.CancelAsync();
        if (activityExecutionContext.ParentActivityExecutionContext is { Activity: Flowchart flowchart } flow)
            await flowchart.OnChildCanceledAsync(flow, activityExecutionContext);
    }

    /// <summary>The execution of the nearest container of variables around this one.</summary>
    public static ActivityExecutionContext? FindParentWithVariableContainer(this ActivityExecutionContext activityExecutionContext) =>
        activityExecutionContext.FindParent(static context => context.Activity is IVariableContainer);

    /// <summary>The nearest execution around this one that fits, or null.</summary>
    public static ActivityExecutionContext? FindParent(
        this ActivityExecutionContext activityExecutionContext, Func<ActivityExecutionContext, bool> predicate)
    {
        var parent = activityExecutionContext.ParentActivityExecutionContext;
        while (parent is not null && !predicate(parent))
            parent = parent.ParentActivityExecutionContext;

        return parent;
    }

    /// <summary>The executions around this one, the nearest first.</summary>
    public static IEnumerable<ActivityExecutionContext> GetAncestors(this ActivityExecutionContext activityExecutionContext)
    {
        for (var parent = activityExecutionContext.ParentActivityExecutionContext; parent is not null;)
        {
            yield return parent;
            parent = parent.ParentActivityExecutionContext;
        }
    }

    /// <summary>The executions inside this one that have not completed.</summary>
    public static IEnumerable<ActivityExecutionContext> GetChildren(this ActivityExecutionContext activityExecutionContext) =>
        activityExecutionContext.Children;

    /// <summary>The executions inside this one that run or wait.</summary>
    public static IEnumerable<ActivityExecutionContext> GetActiveChildren(this ActivityExecutionContext activityExecutionContext) =>
        activityExecutionContext.Children.Where(static child => !child.IsCompleted);

    /// <summary>The executions inside this one, at any depth, that have not completed.</summary>
    public static IEnumerable<ActivityExecutionContext> GetDescendants(this ActivityExecutionContext activityExecutionContext) =>
        activityExecutionContext.Children.SelectMany(static child => child.GetDescendants().Prepend(child));

    /// <summary>The value of an input, evaluated now.</summary>
    public static async Task<T?> EvaluateAsync<T>(this ActivityExecutionContext context, Input<T> input) =>
        Values.To<T>(await context.WorkflowExecutionContext.Engine.Evaluator.EvaluateAsync(
            input.Expression!, typeof(T), context.ExpressionExecutionContext));
}
