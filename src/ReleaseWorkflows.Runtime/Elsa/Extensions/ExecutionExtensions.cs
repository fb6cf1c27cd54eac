using System.Linq.Expressions;
using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Extensions;

/// <summary>Further things that activities ask of their execution.</summary>
public static class ExecutionExtensions
{
    /// <summary>The executions inside this one, at any depth, that have not completed.</summary>
    public static IEnumerable<ActivityExecutionContext> GetDescendents(this ActivityExecutionContext activityExecutionContext) =>
        activityExecutionContext.GetDescendants();

    /// <summary>This execution and those around it, from the workflow down.</summary>
    public static IEnumerable<ActivityExecutionContext> GetExecutionChain(this ActivityExecutionContext activityExecutionContext) =>
        activityExecutionContext.GetAncestors().Reverse().Append(activityExecutionContext);

    /// <summary>The name of the exit or embedded activity that a property stands for.</summary>
    public static string GetOutcomeName(this ActivityExecutionContext activityExecutionContext, string portPropertyName) =>
        activityExecutionContext.Activity.GetType().GetProperty(portPropertyName)?.GetCustomAttributes(typeof(PortAttribute), true)
            .OfType<PortAttribute>().FirstOrDefault()?.Name ?? portPropertyName;

    /// <summary>The value of an output of this activity: <c>context.GetActivityOutput(() => Result)</c>.</summary>
    public static object? GetActivityOutput<TProp>(this ActivityExecutionContext activityExecutionContext, Expression<Func<TProp>> property) =>
        activityExecutionContext.WorkflowExecutionContext.Outputs.Find(activityExecutionContext.ActivityNode.Key, NameOf(property.Body));

    /// <summary>The activities of the workflow that have outputs.</summary>
    public static async IAsyncEnumerable<(IActivity Activity, ActivityDescriptor ActivityDescriptor)> GetActivitiesWithOutputs(this ActivityExecutionContext context)
    {
        await Task.CompletedTask;
        foreach (var node in context.WorkflowExecutionContext.Graph.Nodes)
        {
            if (node.Descriptor.Outputs.Count > 0)
                yield return (node.Activity, node.Descriptor);
        }
    }

    /// <summary>Evaluates all inputs of the activity again. They are evaluated before the activity runs; this is for activities that change what the inputs read.</summary>
    public static async Task EvaluateInputPropertiesAsync(this ActivityExecutionContext context)
    {
        foreach (var input in context.ActivityNode.Inputs)
            await context.EvaluateInputPropertyAsync(input.Descriptor.Name);
    }

    /// <summary>Evaluates an input of the activity, and gives its value: <c>context.EvaluateInputPropertyAsync&lt;Mine, string&gt;(mine => mine.Text)</c>.</summary>
    public static async Task<T?> EvaluateInputPropertyAsync<TActivity, T>(
        this ActivityExecutionContext context, Expression<Func<TActivity, Input<T>>> propertyExpression) =>
        Values.To<T>(await context.EvaluateInputPropertyAsync(NameOf(propertyExpression.Body)));

    /// <summary>Evaluates an input of the activity, and gives its value; null if it is unset.</summary>
    public static async Task<object?> EvaluateInputPropertyAsync(this ActivityExecutionContext context, string inputName)
    {
        if (context.ActivityNode.Inputs.FirstOrDefault(input => input.Descriptor.Name == inputName) is not { } binding)
            return null;

        var value = await context.WorkflowExecutionContext.Engine.Evaluator.EvaluateAsync(
            binding.Expression, binding.Type, context.ExpressionExecutionContext);
        context.ExpressionExecutionContext.Memory.Declare(binding.Place).Value = value;
        if (value is not null)
            context.ActivityState[binding.Descriptor.Name] = value;
        return value;
    }

    /// <summary>True if an output is bound to a variable or to an output of the workflow.</summary>
    public static bool HasTarget(this Output? output, ActivityExecutionContext context) => output.GetTargetType(context) is not null;

    /// <summary>Type of the variable or output of the workflow that an output is bound to; null if it is bound to neither.</summary>
    public static Type? GetTargetType(this Output? output, ActivityExecutionContext context)
    {
        if (output?.MemoryBlockReference?.Invoke() is not { Id: { Length: > 0 } id } reference)
            return null;
        if (context.ExpressionExecutionContext.TryGetBlock(reference, out var block))
            return (block.Metadata as Variable)?.ValueType ?? typeof(object);

        return context.WorkflowExecutionContext.Workflow.FindOutput(id)?.Type;
    }

    /// <summary>The scope of the nearest container of variables around an expression, or null.</summary>
    public static ExpressionExecutionContext? GetVariableContainerContext(this ExpressionExecutionContext context) =>
        context.FindParent(static scope => scope.Activity?.Activity is IVariableContainer);

    /// <summary>The nearest scope, from this one outwards, that fits; null if none does.</summary>
    public static ExpressionExecutionContext? FindParent(this ExpressionExecutionContext context, Func<ExpressionExecutionContext, bool> predicate)
    {
        for (var scope = context; scope is not null; scope = scope.ParentContext)
        {
            if (predicate(scope))
                return scope;
        }

        return null;
    }

    /// <summary>The nearest scope that holds a place in memory; null if none does.</summary>
    public static ExpressionExecutionContext? FindContextContainingBlock(this ExpressionExecutionContext context, string blockId) =>
        context.FindParent(scope => scope.Memory.TryGetBlock(blockId, out _));

    /// <summary>What all scopes hold, by id; the nearest wins.</summary>
    public static IDictionary<string, MemoryBlock> FlattenMemoryBlocks(this ExpressionExecutionContext context)
    {
        var blocks = new Dictionary<string, MemoryBlock>(StringComparer.Ordinal);
        for (var scope = context; scope is not null; scope = scope.ParentContext)
        {
            foreach (var (id, block) in scope.Memory.Blocks)
                blocks.TryAdd(id, block);
        }

        return blocks;
    }

    /// <summary>The values that all scopes hold, by id; the nearest wins.</summary>
    public static IDictionary<string, object?> ReadAndFlattenMemoryBlocks(this ExpressionExecutionContext context) =>
        context.FlattenMemoryBlocks().ToDictionary(static entry => entry.Key, static entry => entry.Value.Value, StringComparer.Ordinal);

    /// <summary>True if the expression belongs to an activity inside a composite one that is not the workflow itself.</summary>
    public static bool IsContainedWithinCompositeActivity(this ExpressionExecutionContext context) =>
        context.Activity?.GetAncestors().Any(static around => around.Activity is Composite and not Workflow) ?? false;

    private static string NameOf(System.Linq.Expressions.Expression expression) => expression switch
    {
        MemberExpression member => member.Member.Name,
        UnaryExpression { Operand: var operand } => NameOf(operand),
        _ => throw new ArgumentException($"'{expression}' does not name a property."),
    };
}
