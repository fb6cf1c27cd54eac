using Elsa.Expressions.Models;
using Elsa.Workflows.Memory;

namespace Elsa.Workflows.Models;

/// <summary>An input of an activity: an expression, evaluated before the activity runs, and the place of its value.</summary>
public class Input : Argument
{
    /// <summary>Creates an input without an expression.</summary>
    protected Input(MemoryBlockReference memoryBlockReference, Type type)
        : base(memoryBlockReference) => Type = type;

    /// <summary>Creates an input.</summary>
    protected Input(Expression? expression, MemoryBlockReference memoryBlockReference, Type type)
        : base(memoryBlockReference)
    {
        Expression = expression;
        Type = type;
    }

    /// <summary>What is evaluated; null leaves the input unset.</summary>
    public Expression? Expression { get; }

    /// <summary>Type of the value.</summary>
    public Type Type { get; set; }
}

/// <summary>An input of a known type.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public class Input<T> : Input
{
    /// <summary>The value found at a place in memory.</summary>
    public Input(MemoryBlockReference memoryBlockReference)
        : base(memoryBlockReference, typeof(T))
    {
    }

    /// <summary>A fixed value.</summary>
    public Input(T literal, string? id = null)
        : base(Expression.LiteralExpression(literal), new MemoryBlockReference(id!), typeof(T))
    {
    }

    /// <summary>A value computed by code.</summary>
    public Input(Func<T> @delegate, string? id = null)
        : base(Expression.DelegateExpression(@delegate), new MemoryBlockReference(id!), typeof(T))
    {
    }

    /// <summary>A value computed by code.</summary>
    public Input(Func<ExpressionExecutionContext, ValueTask<T?>> @delegate, string? id = null)
        : base(Expression.DelegateExpression(@delegate), new MemoryBlockReference(id!), typeof(T))
    {
    }

    /// <summary>A value computed by code.</summary>
    public Input(Func<ValueTask<T?>> @delegate, string? id = null)
        : base(Expression.DelegateExpression(@delegate), new MemoryBlockReference(id!), typeof(T))
    {
    }

    /// <summary>A value computed by code.</summary>
    public Input(Func<ExpressionExecutionContext, T> @delegate, string? id = null)
        : base(Expression.DelegateExpression(@delegate), new MemoryBlockReference(id!), typeof(T))
    {
    }

    /// <summary>The value of a variable.</summary>
    public Input(Variable variable)
        : base(new Expression("Variable", variable), new MemoryBlockReference(), typeof(T))
    {
    }

    /// <summary>The value of another activity's output.</summary>
    public Input(Output output)
        : base(
            Expression.DelegateExpression(context => context.Get(output.MemoryBlockReference())),
            new MemoryBlockReference(),
            typeof(T))
    {
    }

    /// <summary>A fixed value.</summary>
    public Input(Literal<T> literal)
        : this((Literal)literal)
    {
    }

    /// <summary>A fixed value.</summary>
    public Input(Literal literal)
        : base(Expression.LiteralExpression(literal.Value), new MemoryBlockReference(literal.Id), typeof(T))
    {
    }

    /// <summary>A fixed value, written as JSON.</summary>
    public Input(ObjectLiteral<T> literal)
        : this((ObjectLiteral)literal)
    {
    }

    /// <summary>A fixed value, written as JSON.</summary>
    public Input(ObjectLiteral literal)
        : base(new Expression("Object", literal.Value), new MemoryBlockReference(literal.Id), typeof(T))
    {
    }

    /// <summary>The value of an expression, with a place of its own.</summary>
    public Input(Expression? expression, MemoryBlockReference memoryBlockReference)
        : base(expression, memoryBlockReference, typeof(T))
    {
    }

    /// <summary>The value of an expression.</summary>
    public Input(Expression? expression)
        : this(expression, new MemoryBlockReference())
    {
    }
}
