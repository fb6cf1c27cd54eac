using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.Memory;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>Variables by name: looked for from an execution outwards, the nearest wins.</summary>
internal static class Scopes
{
    public static MemoryBlock? Find(ActivityExecutionContext context, string name) => Find(context.ExpressionExecutionContext, name);

    public static MemoryBlock? Find(ExpressionExecutionContext context, string name)
    {
        for (var scope = context; scope is not null; scope = scope.ParentContext)
        {
            if (FindHere(scope, name) is { } variable && scope.Memory.TryGetBlock(variable.Id, out var block))
                return block;
        }

        return null;
    }

    public static Variable? FindVariable(ExpressionExecutionContext context, string name, bool onlyHere)
    {
        for (var scope = context; scope is not null; scope = onlyHere ? null : scope.ParentContext)
        {
            if (FindHere(scope, name) is { } variable)
                return variable;
        }

        return null;
    }

    public static IEnumerable<Variable> Enumerate(ExpressionExecutionContext context)
    {
        for (var scope = context; scope is not null; scope = scope.ParentContext)
        {
            foreach (var block in scope.Memory.Blocks.Values)
            {
                if (block.Metadata is Variable variable)
                    yield return variable;
            }
        }
    }

    public static Variable Create(
        ActivityExecutionContext context, string name, object? value, Type? storageDriverType, Action<MemoryBlock>? configure)
    {
        var variable = new Variable(name, value, $"{context.Id}:{name}") { StorageDriverType = storageDriverType };
        context.DynamicVariables.Add(variable);
        var block = context.ExpressionExecutionContext.Memory.Declare(variable);
        configure?.Invoke(block);
        return variable;
    }

    public static Variable Set(ActivityExecutionContext context, string name, object? value, Action<MemoryBlock>? configure)
    {
        if (FindVariable(context.ExpressionExecutionContext, name, onlyHere: false) is { } variable)
        {
            context.ExpressionExecutionContext.Set(variable, value, configure);
            return variable;
        }

        var container = context;
        while (container.Activity is not IVariableContainer && container.ParentActivityExecutionContext is { } parent)
            container = parent;

        return Create(container, name, value, null, configure);
    }

    public static Variable SetHere(ActivityExecutionContext context, string name, object? value, Action<MemoryBlock>? configure)
    {
        if (FindVariable(context.ExpressionExecutionContext, name, onlyHere: true) is not { } variable)
            return Create(context, name, value, null, configure);

        context.ExpressionExecutionContext.Set(variable, value, configure);
        return variable;
    }

    public static Dictionary<string, object?> Flatten(ActivityExecutionContext context)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var variable in Enumerate(context.ExpressionExecutionContext))
        {
            if (!values.ContainsKey(variable.Name))
                values[variable.Name] = context.ExpressionExecutionContext.Get(variable);
        }

        return values;
    }

    private static Variable? FindHere(ExpressionExecutionContext scope, string name)
    {
        foreach (var block in scope.Memory.Blocks.Values)
        {
            if (block.Metadata is Variable variable && variable.Name == name)
                return variable;
        }

        return null;
    }
}
