using Elsa.Expressions.Models;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Workflows.Memory;

/// <summary>
/// A named place for a value, declared by a workflow or a container. The declaration belongs to the definition; each execution of its
/// container has a value of its own, which survives suspensions unless the storage driver says otherwise.
/// </summary>
public class Variable : MemoryBlockReference
{
    /// <summary>Creates a variable without a name.</summary>
    public Variable()
    {
    }

    /// <summary>Creates a variable.</summary>
    public Variable(string name)
        : this(name, null)
    {
    }

    /// <summary>Creates a variable with a default value.</summary>
    public Variable(string name, object? value = null)
        : this(name, value, null)
    {
    }

    /// <summary>Creates a variable with a default value and a reference id.</summary>
    public Variable(string name, object? value = null, string? id = null)
    {
        Name = name;
        Value = value;
        Id = id ?? name;
    }

    /// <summary>Name used by expressions.</summary>
    public string Name { get; set; } = null!;

    /// <summary>Value at the beginning of each execution of the container.</summary>
    public object? Value { get; set; }

    /// <summary>
    /// Where the value is kept between bursts. Null and <see cref="WorkflowInstanceStorageDriver"/>: in the instance's state;
    /// <see cref="MemoryStorageDriver"/>: nowhere.
    /// </summary>
    public Type? StorageDriverType { get; set; }

    /// <summary>Creates the default anew, where sharing one mutable object between instances would let them disturb each other.</summary>
    internal Func<object?>? DefaultFactory { get; set; }

    /// <summary>Type of the value.</summary>
    internal virtual Type ValueType => typeof(object);

    /// <inheritdoc />
    public override MemoryBlock Declare() => new(DefaultFactory is null ? Value : DefaultFactory(), this);
}

/// <summary>A variable of a known type.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public class Variable<T> : Variable
{
    /// <summary>Creates a variable without a name.</summary>
    public Variable()
    {
    }

    /// <summary>Creates a variable without a name, with a default value.</summary>
    public Variable(T value) => Value = value;

    /// <summary>Creates a variable with a default value.</summary>
    public Variable(string name, T value)
        : base(name, value)
    {
    }

    /// <summary>Creates a variable with a default value and a reference id.</summary>
    public Variable(string name, T value, string? id = null)
        : base(name, value, id)
    {
    }

    /// <inheritdoc />
    internal override Type ValueType => typeof(T);

    /// <summary>Reads the value.</summary>
    public T? Get(ActivityExecutionContext context) => Get(context.ExpressionExecutionContext);

    /// <summary>Reads the value.</summary>
    public new T? Get(ExpressionExecutionContext context) => Values.To<T>(context.Get(this));

    /// <summary>Chooses where the value is kept between bursts.</summary>
    public Variable<T> WithStorageDriver<TDriver>()
        where TDriver : IStorageDriver
    {
        StorageDriverType = typeof(TDriver);
        return this;
    }

    /// <summary>Sets the reference id.</summary>
    public Variable<T> WithId(string id)
    {
        Id = id;
        return this;
    }

    /// <summary>Sets the name.</summary>
    public Variable<T> WithName(string name)
    {
        Name = name;
        return this;
    }

    /// <summary>Sets the default value.</summary>
    public Variable<T> WithValue(T value)
    {
        Value = value;
        return this;
    }

    /// <inheritdoc />
    internal override object? Coerce(object? value) => Values.To<T>(value);
}
