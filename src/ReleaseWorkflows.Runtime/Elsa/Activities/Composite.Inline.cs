using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace Elsa.Workflows.Activities;

/// <content>Short ways to write what a composite is made of.</content>
public abstract partial class Composite
{
    /// <summary>An activity that runs code.</summary>
    protected static Inline Inline(
        Func<ActivityExecutionContext, ValueTask> activity, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) =>
        new(activity, source, line);

    /// <summary>An activity that runs code.</summary>
    protected static Inline Inline(Func<ValueTask> activity, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) =>
        new(activity, source, line);

    /// <summary>An activity that runs code.</summary>
    protected static Inline Inline(
        Action<ActivityExecutionContext> activity, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) =>
        new(activity, source, line);

    /// <summary>An activity that runs code.</summary>
    protected static Inline Inline(Action activity, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) =>
        new(activity, source, line);

    /// <summary>An activity that runs code and has its value as the result.</summary>
    protected static Inline<TResult> Inline<TResult>(
        Func<ActivityExecutionContext, ValueTask<TResult>> activity,
        MemoryBlockReference? output = null,
        [CallerFilePath] string? source = null,
        [CallerLineNumber] int? line = null) => new(activity, output, source, line);

    /// <summary>An activity that runs code and has its value as the result.</summary>
    protected static Inline<TResult> Inline<TResult>(
        Func<ValueTask<TResult>> activity,
        MemoryBlockReference? output = null,
        [CallerFilePath] string? source = null,
        [CallerLineNumber] int? line = null) => new(activity, output, source, line);

    /// <summary>An activity that runs code and has its value as the result.</summary>
    protected static Inline<TResult> Inline<TResult>(
        Func<ActivityExecutionContext, TResult> activity,
        MemoryBlockReference? output,
        [CallerFilePath] string? source = null,
        [CallerLineNumber] int? line = null) => new(activity, output, source, line);

    /// <summary>An activity that runs code and has its value as the result.</summary>
    protected static Inline<TResult> Inline<TResult>(
        Func<TResult> activity,
        MemoryBlockReference? output = null,
        [CallerFilePath] string? source = null,
        [CallerLineNumber] int? line = null) => new(activity, output, source, line);

    /// <summary>An activity that sets a variable.</summary>
    protected static SetVariable<T> SetVariable<T>(
        Variable<T> variable, T value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) =>
        new(variable, new Input<T>(value), source, line);

    /// <summary>An activity that sets a variable.</summary>
    protected static SetVariable<T> SetVariable<T>(
        Variable<T> variable,
        Func<ExpressionExecutionContext, T> value,
        [CallerFilePath] string? source = null,
        [CallerLineNumber] int? line = null) => new(variable, new Input<T>(value), source, line);

    /// <summary>An activity that sets a variable.</summary>
    protected static SetVariable<T> SetVariable<T>(
        Variable<T> variable, Func<T> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) =>
        new(variable, new Input<T>(value), source, line);

    /// <summary>An activity that sets a variable.</summary>
    protected static SetVariable<T> SetVariable<T>(
        Variable<T> variable, Variable<T> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) =>
        new(variable, new Input<T>(value), source, line);
}
