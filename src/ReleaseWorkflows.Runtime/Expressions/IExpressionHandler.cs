using Elsa.Expressions.Models;

namespace ReleaseWorkflows.Runtime.Expressions;

/// <summary>Evaluates expressions of one syntax. Registered as a singleton; has to be safe for concurrent use.</summary>
public interface IExpressionHandler
{
    /// <summary>Name of the syntax, for example <c>JavaScript</c>.</summary>
    string Type { get; }

    /// <summary>Evaluates an expression.</summary>
    /// <param name="expression">The expression; its type is <see cref="Type"/>.</param>
    /// <param name="returnType">Type the caller converts the value to. A handler may return any value that can be converted.</param>
    /// <param name="context">Variables, inputs and services the expression sees.</param>
    /// <param name="options">Further values the expression sees.</param>
    /// <returns>The value, not yet converted.</returns>
    ValueTask<object?> EvaluateAsync(
        Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options);

    /// <summary>What keeps the expression from being read, in a sentence; null if nothing does. Asked before a definition is published.</summary>
    string? FindError(Expression expression) => null;
}
