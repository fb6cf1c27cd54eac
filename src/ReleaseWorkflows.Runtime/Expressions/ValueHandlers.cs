using System.Runtime.CompilerServices;
using System.Text.Json;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace ReleaseWorkflows.Runtime.Expressions;

/// <summary>Expressions of the type <c>Literal</c>: the value is the value.</summary>
internal sealed class LiteralExpressionHandler : IExpressionHandler
{
    public string Type => "Literal";

    public ValueTask<object?> EvaluateAsync(
        Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options) =>
        ValueTask.FromResult(expression.Value);
}

/// <summary>Expressions of the type <c>Object</c>: the value is JSON text. Blank text is no value.</summary>
internal class ObjectExpressionHandler : IExpressionHandler
{
    public virtual string Type => "Object";

    public ValueTask<object?> EvaluateAsync(
        Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options)
    {
        if (expression.Value is not string text)
            return ValueTask.FromResult(expression.Value is JsonElement given && returnType == typeof(object) ? JsonValues.ToClr(given) : expression.Value);
        if (string.IsNullOrWhiteSpace(text))
            return default;
        var element = (JsonElement)JsonValues.Parse(text).GetValueOrThrow()!;
        return ValueTask.FromResult(returnType == typeof(object) ? JsonValues.ToClr(element) : element);
    }
}

/// <summary>The name older files have for <c>Object</c>.</summary>
internal sealed class JsonExpressionHandler : ObjectExpressionHandler
{
    public override string Type => "Json";
}

/// <summary>
/// Expressions of the type <c>Variable</c>: the value names a variable by its id, as an object or as JSON text. The nearest scope that holds it
/// wins; a variable that only its name leads to is found by name.
/// </summary>
internal sealed class VariableExpressionHandler : IExpressionHandler
{
    private readonly ConditionalWeakTable<Expression, NamedReference> _references = [];

    public string Type => "Variable";

    public ValueTask<object?> EvaluateAsync(
        Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options)
    {
        if (expression.Value is null)
            return default;
        var reference = expression.Value as MemoryBlockReference
            ?? _references.GetValue(expression, static source => NamedReference.Read(source.Value!)).ToVariable();
        if (context.TryGet(reference, out var value))
            return ValueTask.FromResult(value);

        var name = (reference as Variable)?.Name;
        return name is not null && context.GetVariable(name) is { } variable && context.TryGet(variable, out value)
            ? ValueTask.FromResult(value)
            : throw new InvalidOperationException($"There is no variable '{name ?? reference.Id}' here.");
    }
}

/// <summary>Expressions of the type <c>Input</c>: the value names an input of the workflow.</summary>
internal sealed class InputExpressionHandler : IExpressionHandler
{
    private readonly ConditionalWeakTable<Expression, NamedReference> _references = [];

    public string Type => "Input";

    public ValueTask<object?> EvaluateAsync(
        Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options)
    {
        if (expression.Value is null)
            return default;
        var name = expression.Value is InputDefinition definition
            ? definition.Name
            : _references.GetValue(expression, static source => NamedReference.Read(source.Value!)).Name;
        return ValueTask.FromResult(name is null ? null : context.GetInput(name));
    }
}

/// <summary>Expressions of the type <c>Delegate</c>: C# code of a workflow that was built in code.</summary>
internal sealed class DelegateExpressionHandler : IExpressionHandler
{
    public string Type => "Delegate";

    public ValueTask<object?> EvaluateAsync(
        Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options) =>
        expression.Value is Func<ExpressionExecutionContext, ValueTask<object?>> code ? code(context) : default;
}

/// <summary>What a definition writes to name a variable or an input. Read once per expression.</summary>
internal sealed class NamedReference
{
    private Variable? _variable;

    /// <summary>Id of a variable.</summary>
    public string? Id { get; set; }

    /// <summary>Name of a variable or an input.</summary>
    public string? Name { get; set; }

    public static NamedReference Read(object value) => value is string text && !text.AsSpan().TrimStart().StartsWith("{", StringComparison.Ordinal)
        ? new NamedReference { Id = text, Name = text }
        : ValueConverter.ConvertOrThrow<NamedReference>(value) ?? new NamedReference();

    public Variable ToVariable() => _variable ??= new Variable(Name ?? Id ?? "", null, Id ?? Name ?? "");
}
