using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Extensions;

/// <summary>Reading of inputs.</summary>
public static class InputExtensions
{
    /// <summary>The evaluated value; the default if the input is unset or its value is null.</summary>
    public static T? GetOrDefault<T>(this Input<T>? input, ActivityExecutionContext context, Func<T>? defaultValue = null) =>
        GetOrDefault(input, context.ExpressionExecutionContext, defaultValue);

    /// <summary>The evaluated value; the default if the input is unset or its value is null.</summary>
    public static T? GetOrDefault<T>(this Input<T>? input, ExpressionExecutionContext context, Func<T>? defaultValue = null)
    {
        if (input is not null && context.TryGet(input.MemoryBlockReference(), out var value) && value is not null)
            return Values.To<T>(value);

        return defaultValue is null ? default : defaultValue();
    }

    /// <summary>The evaluated value.</summary>
    /// <exception cref="InvalidOperationException">The input is unset or its value is null.</exception>
    public static T Get<T>(
        this Input<T>? input, ActivityExecutionContext context, [CallerArgumentExpression(nameof(input))] string? inputName = null) =>
        Get(input, context.ExpressionExecutionContext, inputName);

    /// <summary>The evaluated value.</summary>
    /// <exception cref="InvalidOperationException">The input is unset or its value is null.</exception>
    public static T Get<T>(
        this Input<T>? input, ExpressionExecutionContext context, [CallerArgumentExpression(nameof(input))] string? inputName = null)
    {
        if (input is null || !context.TryGet(input.MemoryBlockReference(), out var value))
            throw new InvalidOperationException($"The input '{inputName}' has no value.");

        return Values.To<T>(value) is { } result
            ? result
            : throw new InvalidOperationException($"The input '{inputName}' has the value null.");
    }
}
