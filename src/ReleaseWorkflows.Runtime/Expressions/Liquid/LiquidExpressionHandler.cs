using System.Collections.Concurrent;
using Elsa.Expressions.Models;

namespace ReleaseWorkflows.Runtime.Expressions.Liquid;

/// <summary>
/// Expressions of the type <c>Liquid</c>: text with places that are filled, <c>Hello {{ Variables.Name | upcase }}</c>.
/// </summary>
/// <remarks>
/// A template is read once and kept: text, outputs, and the tags <c>if</c>, <c>unless</c>, <c>for</c>, <c>assign</c>, <c>comment</c> and <c>raw</c>
/// (<see cref="LiquidParser"/>). It sees <c>Variables</c>, <c>Input</c>, <c>CorrelationId</c>, <c>WorkflowInstanceId</c>, <c>WorkflowInstanceName</c>,
/// <c>WorkflowDefinitionId</c>, <c>WorkflowDefinitionVersionId</c> and <c>WorkflowDefinitionVersion</c>. Rendering is bounded in steps and text (<see cref="LiquidRun"/>) and changes nothing.
/// </remarks>
internal sealed class LiquidExpressionHandler : IExpressionHandler
{
    private const int MaxCached = 1_000;

    private readonly ConcurrentDictionary<string, IReadOnlyList<LiquidNode>> _templates = new(StringComparer.Ordinal);

    public string Type => "Liquid";

    public ValueTask<object?> EvaluateAsync(
        Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options)
    {
        if (expression.Value?.ToString() is not { Length: > 0 } text)
            return default;

        var run = new LiquidRun(context);
        run.Render(Read(text));
        return ValueTask.FromResult<object?>(run.Text);
    }

    public string? FindError(Expression expression)
    {
        try
        {
            if (expression.Value?.ToString() is { Length: > 0 } text)
                Read(text);
            return null;
        }
        catch (LiquidException exception)
        {
            return exception.Message;
        }
    }

    private IReadOnlyList<LiquidNode> Read(string text)
    {
        if (_templates.TryGetValue(text, out var known))
            return known;

        var template = new LiquidParser(text).Read();
        if (_templates.Count >= MaxCached)
            _templates.Clear();
        return _templates.GetOrAdd(text, template);
    }
}

/// <summary>A template cannot be read, or reached one of its bounds. The message is written for its author.</summary>
public sealed class LiquidException : Exception
{
    /// <summary>Creates the exception without details.</summary>
    public LiquidException()
    {
    }

    /// <summary>Creates the exception with the reason.</summary>
    public LiquidException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the reason and what caused it.</summary>
    public LiquidException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
