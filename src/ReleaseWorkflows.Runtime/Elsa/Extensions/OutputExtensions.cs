using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace Elsa.Extensions;

/// <summary>Writing of outputs.</summary>
public static class OutputExtensions
{
    /// <summary>An input that reads the output.</summary>
    public static Input<T> CreateInput<T>(this Output output) => new(output);

    /// <summary>Sets the output: in the variable or workflow output it is bound to, and in the register expressions read outputs from.</summary>
    public static void Set<T>(
        this Output<T>? output,
        ActivityExecutionContext context,
        T? value,
        [CallerArgumentExpression(nameof(output))] string? outputName = null) => context.Set(output, value, outputName);

    /// <summary>Sets the output.</summary>
    public static void Set<T>(this Output<T>? output, ExpressionExecutionContext context, T? value)
    {
        if (output?.MemoryBlockReference is { } place)
            context.Set(place(), value);
    }

    /// <summary>Sets the output to the value of a variable.</summary>
    public static void Set<T>(this Output<T>? output, ActivityExecutionContext context, Variable<T> value) =>
        context.Set(output, value.Get(context), null);

    /// <summary>Sets the output to the value of a variable.</summary>
    public static void Set<T>(this Output<T>? output, ExpressionExecutionContext context, Variable<T> value) =>
        output.Set(context, value.Get(context));
}
