using System.Globalization;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Expressions.Models;

/// <summary>Names a place in memory. The reference belongs to the definition and is shared; the value lives in a <see cref="MemoryRegister"/>.</summary>
public class MemoryBlockReference
{
    /// <summary>Creates a reference whose id is assigned when the workflow is compiled.</summary>
    public MemoryBlockReference()
    {
    }

    /// <summary>Creates a reference.</summary>
    public MemoryBlockReference(string id) => Id = id;

    /// <summary>Id of the place, unique in the workflow.</summary>
    public string Id { get; set; } = null!;

    /// <summary>Creates the block that holds the value at first.</summary>
    public virtual MemoryBlock Declare() => new();

    /// <summary>True if the register holds the place.</summary>
    public bool IsDefined(MemoryRegister register) => register.TryGetBlock(Id, out _);

    /// <summary>Reads the value.</summary>
    /// <exception cref="KeyNotFoundException">The register does not hold the place.</exception>
    public object? Get(MemoryRegister memoryRegister) => GetBlock(memoryRegister).Value;

    /// <summary>Reads the value and converts it.</summary>
    public T? Get<T>(MemoryRegister memoryRegister) => Values.To<T>(Get(memoryRegister));

    /// <summary>Reads the value from the nearest scope that holds the place.</summary>
    public object? Get(ExpressionExecutionContext context) => context.Get(this);

    /// <summary>Reads the value from the nearest scope that holds the place, and converts it.</summary>
    public T? Get<T>(ExpressionExecutionContext context) => Values.To<T>(context.Get(this));

    /// <summary>Reads the value if a scope holds the place.</summary>
    public bool TryGet(ExpressionExecutionContext context, out object? value) => context.TryGet(this, out value);

    /// <summary>Writes the value into the register.</summary>
    public void Set(MemoryRegister memoryRegister, object? value, Action<MemoryBlock>? configure = null)
    {
        var block = memoryRegister.Declare(this);
        block.Value = Coerce(value);
        configure?.Invoke(block);
    }

    /// <summary>Writes the value into the nearest scope that holds the place, else into this one.</summary>
    public void Set(ExpressionExecutionContext context, object? value, Action<MemoryBlock>? configure = null) =>
        context.Set(this, value, configure);

    /// <summary>The block that holds the value.</summary>
    /// <exception cref="KeyNotFoundException">The register does not hold the place.</exception>
    public MemoryBlock GetBlock(MemoryRegister memoryRegister) =>
        memoryRegister.TryGetBlock(Id, out var block)
            ? block
            : throw new KeyNotFoundException(string.Create(CultureInfo.InvariantCulture, $"There is no value for the reference '{Id}'."));

    /// <summary>Makes a value fit the place; a typed place converts it.</summary>
    internal virtual object? Coerce(object? value) => value;
}

/// <summary>Names a place for values of one type.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public class MemoryBlockReference<T> : MemoryBlockReference
{
    /// <summary>Creates a reference whose id is assigned when the workflow is compiled.</summary>
    public MemoryBlockReference()
    {
    }
}
