using Elsa.Expressions.Models;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>Expressions of the type <c>JavaScript</c>: the value is the source text.</summary>
internal sealed class JavaScriptExpressionHandler(JavaScriptEvaluator evaluator) : IExpressionHandler
{
    public string Type => "JavaScript";

    public ValueTask<object?> EvaluateAsync(
        Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options)
    {
        var script = ValueConverter.ConvertOrThrow<string>(expression.Value);
        return string.IsNullOrWhiteSpace(script)
            ? default
            : ValueTask.FromResult(evaluator.Evaluate(script, new WorkflowGlobals(context, options), context.CancellationToken));
    }

    public string? FindError(Expression expression) =>
        ValueConverter.Convert(expression.Value, typeof(string)) is { IsSuccess: true, Value: string script } ? evaluator.FindError(script) : null;
}
