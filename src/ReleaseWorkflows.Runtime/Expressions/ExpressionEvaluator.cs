using System.Collections.Frozen;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;

namespace ReleaseWorkflows.Runtime.Expressions;

/// <summary>
/// Evaluates an expression: the handler of its syntax computes the value, then the value is converted to the type asked for.
/// </summary>
internal sealed class ExpressionEvaluator : IExpressionEvaluator
{
    private readonly FrozenDictionary<string, IExpressionHandler> _handlers;

    public ExpressionEvaluator(IEnumerable<IExpressionHandler> handlers)
    {
        // Registered later wins, so that a host can replace a syntax.
        var byType = new Dictionary<string, IExpressionHandler>(StringComparer.OrdinalIgnoreCase);
        foreach (var handler in handlers)
            byType[handler.Type] = handler;
        _handlers = byType.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    public async ValueTask<T?> EvaluateAsync<T>(Expression input, ExpressionExecutionContext context, ExpressionEvaluatorOptions? options = null) =>
        (T?)await EvaluateAsync(input, typeof(T), context, options);

    public ValueTask<object?> EvaluateAsync(
        Expression input, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions? options = null)
    {
        if (!_handlers.TryGetValue(input.Type, out var handler))
        {
            throw new NotSupportedException(
                $"Expressions of the type '{input.Type}' are not supported; known are {string.Join(", ", _handlers.Keys.Order(StringComparer.Ordinal))}.");
        }

        var value = handler.EvaluateAsync(input, returnType, context, options ?? ExpressionEvaluatorOptions.Empty);
        return value.IsCompletedSuccessfully ? ValueTask.FromResult(Convert(value.Result, returnType)) : Await(value, returnType);
    }

    private static async ValueTask<object?> Await(ValueTask<object?> value, Type returnType) => Convert(await value, returnType);

    private static object? Convert(object? value, Type returnType) => ValueConverter.Convert(value, returnType).GetValueOrThrow();
}
