using System.Diagnostics.CodeAnalysis;
using Elsa.Workflows;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Expressions.Models;

/// <summary>Where an expression is evaluated: the services and memory it may use, nested like the activities.</summary>
public class ExpressionExecutionContext
{
    private readonly Action? _onChange;
    private IDictionary<object, object>? _transientProperties;

    /// <summary>Creates a context.</summary>
    /// <param name="serviceProvider">Services of the current unit of work.</param>
    /// <param name="memory">Memory of this scope.</param>
    /// <param name="parentContext">The enclosing scope.</param>
    /// <param name="transientProperties">Values that live no longer than the burst.</param>
    /// <param name="onChange">Called after each write to memory.</param>
    /// <param name="cancellationToken">Ends the evaluation.</param>
    public ExpressionExecutionContext(
        IServiceProvider serviceProvider,
        MemoryRegister memory,
        ExpressionExecutionContext? parentContext = null,
        IDictionary<object, object>? transientProperties = null,
        Action? onChange = null,
        CancellationToken cancellationToken = default)
    {
        ServiceProvider = serviceProvider;
        Memory = memory;
        ParentContext = parentContext;
        CancellationToken = cancellationToken;
        _transientProperties = transientProperties;
        _onChange = onChange;
    }

    /// <summary>Services of the current unit of work.</summary>
    public IServiceProvider ServiceProvider { get; }

    /// <summary>Memory of this scope.</summary>
    public MemoryRegister Memory { get; }

    /// <summary>Values that live no longer than the burst.</summary>
    public IDictionary<object, object> TransientProperties
    {
        get => _transientProperties ??= new Dictionary<object, object>();
        set => _transientProperties = value;
    }

    /// <summary>The enclosing scope.</summary>
    public ExpressionExecutionContext? ParentContext { get; set; }

    /// <summary>Ends the evaluation.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Execution of the activity this scope belongs to; null while triggers are indexed.</summary>
    internal ActivityExecutionContext? Activity { get; init; }

    /// <summary>The burst this scope belongs to; null while triggers are indexed.</summary>
    internal WorkflowExecutionContext? Workflow { get; init; }

    /// <inheritdoc cref="GetBlock(MemoryBlockReference)"/>
    public MemoryBlock GetBlock(Func<MemoryBlockReference> blockReference) => GetBlock(blockReference());

    /// <summary>The block of a reference in the nearest scope that holds it.</summary>
    /// <exception cref="KeyNotFoundException">No scope holds the reference.</exception>
    public MemoryBlock GetBlock(MemoryBlockReference blockReference) =>
        TryGetBlock(blockReference, out var block)
            ? block
            : throw new KeyNotFoundException($"There is no value for the reference '{blockReference.Id}' here.");

    /// <summary>Looks for the block of a reference, from this scope outwards.</summary>
    public bool TryGetBlock(MemoryBlockReference blockReference, [NotNullWhen(true)] out MemoryBlock? block)
    {
        for (var context = this; context is not null; context = context.ParentContext)
        {
            if (context.Memory.TryGetBlock(blockReference.Id, out block))
                return true;
        }

        block = null;
        return false;
    }

    /// <inheritdoc cref="Get(MemoryBlockReference)"/>
    public object? Get(Func<MemoryBlockReference> blockReference) => Get(blockReference());

    /// <summary>The value of a reference in the nearest scope that holds it.</summary>
    public object? Get(MemoryBlockReference blockReference) => GetBlock(blockReference).Value;

    /// <summary>The value of a reference, if a scope holds it.</summary>
    public bool TryGet(MemoryBlockReference blockReference, out object? value)
    {
        var found = TryGetBlock(blockReference, out var block);
        value = block?.Value;
        return found;
    }

    /// <inheritdoc cref="Get{T}(MemoryBlockReference)"/>
    public T? Get<T>(Func<MemoryBlockReference> blockReference) => Get<T>(blockReference());

    /// <summary>The value of a reference in the nearest scope that holds it, converted.</summary>
    public T? Get<T>(MemoryBlockReference blockReference) => Values.To<T>(Get(blockReference));

    /// <inheritdoc cref="Set(MemoryBlockReference,object,Action{MemoryBlock})"/>
    public void Set(Func<MemoryBlockReference> blockReference, object? value, Action<MemoryBlock>? configure = null) =>
        Set(blockReference(), value, configure);

    /// <summary>Writes the value into the nearest scope that holds the reference, else into this one.</summary>
    public void Set(MemoryBlockReference blockReference, object? value, Action<MemoryBlock>? configure = null)
    {
        if (!TryGetBlock(blockReference, out var block))
            block = Memory.Declare(blockReference);

        // A reference read from a file is untyped; the variable it names knows the type.
        block.Value = (block.Metadata as MemoryBlockReference ?? blockReference).Coerce(value);
        configure?.Invoke(block);
        _onChange?.Invoke();
    }

    /// <summary>A service of the current unit of work.</summary>
    public T GetRequiredService<T>()
        where T : notnull => ServiceProvider.GetRequiredService<T>();
}
