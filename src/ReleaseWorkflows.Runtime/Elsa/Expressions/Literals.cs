namespace Elsa.Expressions.Models;

/// <summary>A memory reference whose value is fixed.</summary>
public class Literal : MemoryBlockReference
{
    /// <summary>Creates a literal without a value.</summary>
    public Literal()
    {
    }

    /// <summary>Creates a literal.</summary>
    public Literal(object? value, string? id = null)
        : base(id!) => Value = value;

    /// <summary>The value.</summary>
    public object? Value { get; }

    /// <summary>Creates a literal from a value.</summary>
    public static Literal From<T>(T value) => new Literal<T>(value);

    /// <inheritdoc />
    public override MemoryBlock Declare() => new(Value);
}

/// <summary>A literal of a known type.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public class Literal<T> : Literal
{
    /// <summary>Creates a literal without a value.</summary>
    public Literal()
    {
    }

    /// <summary>Creates a literal.</summary>
    public Literal(T value, string? id = null)
        : base(value, id)
    {
    }
}

/// <summary>A literal written as JSON text.</summary>
public class ObjectLiteral : MemoryBlockReference
{
    /// <summary>Creates a literal without a value.</summary>
    public ObjectLiteral()
    {
    }

    /// <summary>Creates a literal from JSON text.</summary>
    public ObjectLiteral(string? value, string? id = null)
        : base(id!) => Value = value;

    /// <summary>The JSON text.</summary>
    public string? Value { get; }

    /// <inheritdoc />
    public override MemoryBlock Declare() => new(Value);
}

/// <summary>A literal of a known type, written as JSON text.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public class ObjectLiteral<T> : ObjectLiteral
{
    /// <summary>Creates a literal without a value.</summary>
    public ObjectLiteral()
    {
    }

    /// <summary>Creates a literal from JSON text.</summary>
    public ObjectLiteral(string? value, string? id = null)
        : base(value, id)
    {
    }
}
