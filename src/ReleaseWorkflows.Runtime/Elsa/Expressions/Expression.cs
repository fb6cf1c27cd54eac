namespace Elsa.Expressions.Models;

/// <summary>A value to be computed: the name of a syntax and the source in that syntax.</summary>
public class Expression
{
    /// <summary>Creates an empty expression, to be filled by a reader.</summary>
    public Expression()
    {
    }

    /// <summary>Creates an expression.</summary>
    /// <param name="type">Name of the syntax: <c>Literal</c>, <c>Object</c>, <c>Variable</c>, <c>Input</c>, <c>JavaScript</c>, <c>Delegate</c>, …</param>
    /// <param name="value">The source: text, a literal, a variable or a delegate, as the syntax asks for.</param>
    public Expression(string type, object? value)
    {
        Type = type;
        Value = value;
    }

    /// <summary>Name of the syntax.</summary>
    public string Type { get; set; } = null!;

    /// <summary>The source in that syntax.</summary>
    public object? Value { get; set; }

    /// <summary>An expression that is its value.</summary>
    public static Expression LiteralExpression(object? value) => new("Literal", value);

    /// <summary>An expression computed by C# code; it exists in workflows built in code only.</summary>
    public static Expression DelegateExpression(Func<ExpressionExecutionContext, ValueTask<object?>> value) => new("Delegate", value);

    /// <inheritdoc cref="DelegateExpression(Func{ExpressionExecutionContext,ValueTask{object}})"/>
    public static Expression DelegateExpression<T>(Func<ExpressionExecutionContext, ValueTask<T>> value) =>
        DelegateExpression(async context => (object?)await value(context));

    /// <inheritdoc cref="DelegateExpression(Func{ExpressionExecutionContext,ValueTask{object}})"/>
    public static Expression DelegateExpression<T>(Func<ValueTask<T>> value) => DelegateExpression(async _ => (object?)await value());

    /// <inheritdoc cref="DelegateExpression(Func{ExpressionExecutionContext,ValueTask{object}})"/>
    public static Expression DelegateExpression<T>(Func<ExpressionExecutionContext, T> value) =>
        DelegateExpression(context => ValueTask.FromResult<object?>(value(context)));

    /// <inheritdoc cref="DelegateExpression(Func{ExpressionExecutionContext,ValueTask{object}})"/>
    public static Expression DelegateExpression<T>(Func<T> value) => DelegateExpression(_ => ValueTask.FromResult<object?>(value()));
}
