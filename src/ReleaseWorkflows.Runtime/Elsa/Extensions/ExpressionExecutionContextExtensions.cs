using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.Management.Activities.WorkflowDefinitionActivity;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Extensions;

/// <summary>What expressions see of the workflow they are evaluated in.</summary>
public static class ExpressionExecutionContextExtensions
{
    /// <summary>The burst; false while triggers are indexed.</summary>
    public static bool TryGetWorkflowExecutionContext(
        this ExpressionExecutionContext context,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out WorkflowExecutionContext? workflowExecutionContext)
    {
        workflowExecutionContext = context.Workflow;
        return workflowExecutionContext is not null;
    }

    /// <summary>The burst.</summary>
    /// <exception cref="InvalidOperationException">There is none, because triggers are being indexed.</exception>
    public static WorkflowExecutionContext GetWorkflowExecutionContext(this ExpressionExecutionContext context) =>
        context.Workflow ?? throw new InvalidOperationException(
            "There is no workflow instance here: the expression is evaluated while the triggers of a definition are indexed.");

    /// <summary>The execution the expression belongs to; false outside any activity.</summary>
    public static bool TryGetActivityExecutionContext(
        this ExpressionExecutionContext context,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ActivityExecutionContext? activityExecutionContext)
    {
        activityExecutionContext = context.Activity;
        return activityExecutionContext is not null;
    }

    /// <summary>The execution the expression belongs to.</summary>
    /// <exception cref="InvalidOperationException">There is none, because triggers are being indexed.</exception>
    public static ActivityExecutionContext GetActivityExecutionContext(this ExpressionExecutionContext context) =>
        context.Activity ?? throw new InvalidOperationException("There is no activity here: the expression is evaluated outside of one.");

    /// <summary>The activity the expression belongs to.</summary>
    public static IActivity GetActivity(this ExpressionExecutionContext context) => context.GetActivityExecutionContext().Activity;

    /// <summary>The evaluated value of an input; the default of its type if the input is unset.</summary>
    public static T? Get<T>(this ExpressionExecutionContext context, Input<T>? input) => input.GetOrDefault(context);

    /// <summary>The value of an output, converted.</summary>
    public static T? Get<T>(this ExpressionExecutionContext context, Output output) => Values.To<T>(context.Get(output));

    /// <summary>The value of an output; null if it is bound to nothing.</summary>
    public static object? Get(this ExpressionExecutionContext context, Output output) =>
        output.MemoryBlockReference is { } place && context.TryGet(place(), out var value) ? value : null;

    /// <summary>The value of the variable with this name in the nearest scope; the default of its type if there is none.</summary>
    public static T? GetVariable<T>(this ExpressionExecutionContext context, string name) =>
        Values.To<T>(context.GetVariableInScope(name));

    /// <summary>The variable with this name in the nearest scope, or null.</summary>
    public static Variable? GetVariable(this ExpressionExecutionContext context, string name, bool localScopeOnly = false) =>
        Scopes.FindVariable(context, name, localScopeOnly);

    /// <summary>Sets the variable with this name in the nearest scope; without one, declares it in the nearest container.</summary>
    public static Variable SetVariable<T>(
        this ExpressionExecutionContext context, string name, T? value, Action<MemoryBlock>? configure = null) =>
        Scopes.Set(context.GetActivityExecutionContext(), name, value, configure);

    /// <summary>The value of the variable with this name in the nearest scope; null if there is none.</summary>
    public static object? GetVariableInScope(this ExpressionExecutionContext context, string variableName) =>
        Scopes.Find(context, variableName)?.Value;

    /// <summary>Sets the variable with this name in the nearest scope; without one, declares it in the nearest container.</summary>
    public static void SetVariableInScope(this ExpressionExecutionContext context, string variableName, object? value) =>
        Scopes.Set(context.GetActivityExecutionContext(), variableName, value, null);

    /// <summary>The names of all variables in scope.</summary>
    public static IEnumerable<string> GetVariableNamesInScope(this ExpressionExecutionContext context) =>
        context.EnumerateVariablesInScope().Select(static variable => variable.Name).Distinct(StringComparer.Ordinal);

    /// <summary>All variables in scope, each name once: the nearest.</summary>
    public static IEnumerable<Variable> GetVariablesInScope(this ExpressionExecutionContext context) =>
        context.EnumerateVariablesInScope().DistinctBy(static variable => variable.Name, StringComparer.Ordinal);

    /// <summary>All variables in scope, the nearest first.</summary>
    public static IEnumerable<Variable> EnumerateVariablesInScope(this ExpressionExecutionContext context) => Scopes.Enumerate(context);

    /// <summary>An input of the workflow or of the stimulus, converted.</summary>
    public static T? GetInput<T>(this ExpressionExecutionContext context, InputDefinition inputDefinition) =>
        context.GetInput<T>(inputDefinition.Name);

    /// <summary>An input of the workflow or of the stimulus, converted.</summary>
    public static T? GetInput<T>(this ExpressionExecutionContext context, string name) => Values.To<T>(context.GetInput(name));

    /// <summary>An input of the workflow or of the stimulus; null if there is none. Inside a workflow used as an activity, its own inputs come first.</summary>
    public static object? GetInput(this ExpressionExecutionContext context, string name) =>
        WorkflowDefinitionActivity.TryGetInput(context, name, out var own) ? own
            : context.Workflow is { } workflow && PropertyBag.TryGetIgnoreCase(workflow.Input, name, out var value) ? value : null;

    /// <summary>The last value an activity set its output to; null if it has not.</summary>
    /// <param name="context">Where the expression is evaluated.</param>
    /// <param name="activityIdOrName">Id or name of the activity.</param>
    /// <param name="outputName">Name of the output. Default: the main one, else the one set last.</param>
    /// <exception cref="InvalidOperationException">There is no such activity.</exception>
    public static object? GetOutput(this ExpressionExecutionContext context, string activityIdOrName, string? outputName)
    {
        var workflow = context.GetWorkflowExecutionContext();
        var node = workflow.Graph.FindByIdOrName(activityIdOrName, context.Activity?.ActivityNode)
            ?? throw new InvalidOperationException($"There is no activity with the id or name '{activityIdOrName}'.");
        return workflow.Outputs.Find(node.Key, outputName);
    }

    /// <summary>The last main output that an activity set; null if none did.</summary>
    public static object? GetLastResult(this ExpressionExecutionContext context) => context.Workflow?.GetLastActivityResult();

    /// <summary>The inputs of the workflow with their values; inside a workflow used as an activity, those of the latter.</summary>
    public static IEnumerable<WorkflowInput> GetWorkflowInputs(this ExpressionExecutionContext context) =>
        WorkflowDefinitionActivity.InputsAround(context)
        ?? context.Workflow?.Input.Select(static entry => new WorkflowInput(entry.Key, entry.Value))
        ?? [];
}
