using Elsa.Expressions.Models;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Workflows;

/// <content>Properties, metadata and memory.</content>
public sealed partial class ActivityExecutionContext
{
    private Dictionary<string, object>? _properties;
    private Dictionary<string, object>? _metadata;
    private Dictionary<object, object>? _transientProperties;

    /// <summary>State of the activity that survives suspensions. Values are kept as JSON.</summary>
    public IDictionary<string, object> Properties => _properties ??= [];

    /// <summary>Data about the execution that survives suspensions. Values are kept as JSON.</summary>
    public IDictionary<string, object> Metadata => _metadata ??= [];

    /// <summary>Values that live no longer than the burst.</summary>
    public IDictionary<object, object> TransientProperties => _transientProperties ??= [];

    internal Dictionary<string, object>? PropertyTable => _properties;

    internal Dictionary<string, object>? MetadataTable => _metadata;

    /// <summary>A property, or the default of its type.</summary>
    public T? GetProperty<T>(string key) => PropertyBag.Get<T>(_properties, key);

    /// <summary>A property; it is created if there is none.</summary>
    public T GetProperty<T>(string key, Func<T> defaultValue) => PropertyBag.GetOrAdd(Properties, key, defaultValue);

    /// <summary>Sets a property. The value has to be serialisable as JSON.</summary>
    public void SetProperty<T>(string key, T? value)
    {
        PropertyBag.Set(Properties, key, value);
        Taint();
    }

    /// <summary>Changes a property and returns its new value.</summary>
    public T UpdateProperty<T>(string key, Func<T?, T> updater)
    {
        var value = updater(GetProperty<T>(key));
        SetProperty(key, value);
        return value;
    }

    /// <summary>Removes a property.</summary>
    public void RemoveProperty(string key) => _properties?.Remove(key);

    /// <summary>An entry of the metadata, or the default of its type.</summary>
    public T? GetMetadata<T>(string key) => PropertyBag.Get<T>(_metadata, key);

    /// <summary>An entry of the metadata; it is created if there is none.</summary>
    public T GetMetadata<T>(string key, Func<T> defaultValue) => PropertyBag.GetOrAdd(Metadata, key, defaultValue);

    /// <summary>Sets an entry of the metadata. The value has to be serialisable as JSON.</summary>
    public void SetMetadata<T>(string key, T? value) => PropertyBag.Set(Metadata, key, value);

    /// <summary>Changes an entry of the metadata and returns its new value.</summary>
    public T UpdateMetadata<T>(string key, Func<T?, T> updater)
    {
        var value = updater(GetMetadata<T>(key));
        SetMetadata(key, value);
        return value;
    }

    /// <summary>Removes an entry of the metadata.</summary>
    public void RemoveMetadata(string key) => _metadata?.Remove(key);

    /// <summary>The evaluated value of an input; the default of its type if the input is unset.</summary>
    public T? Get<T>(Input<T>? input) => input is null ? default : Get<T>(input.MemoryBlockReference());

    /// <summary>The value of an output; the default of its type if it is bound to nothing.</summary>
    public T? Get<T>(Output<T>? output) => Values.To<T>(Get((Output?)output));

    /// <summary>The value of an output; null if it is bound to nothing.</summary>
    public object? Get(Output? output) =>
        output?.MemoryBlockReference is { } place && TryGet(place(), out var value) ? value : null;

    /// <summary>The value at a place in memory.</summary>
    /// <exception cref="KeyNotFoundException">No scope holds the place.</exception>
    public object? Get(MemoryBlockReference blockReference) => ExpressionExecutionContext.Get(blockReference);

    /// <summary>The value at a place in memory, converted.</summary>
    /// <exception cref="KeyNotFoundException">No scope holds the place.</exception>
    public T? Get<T>(MemoryBlockReference blockReference) => Values.To<T>(Get(blockReference));

    /// <summary>The value at a place in memory, if a scope holds it.</summary>
    public bool TryGet(MemoryBlockReference blockReference, out object? value) =>
        ExpressionExecutionContext.TryGet(blockReference, out value);

    /// <summary>Writes a value to a place in memory.</summary>
    public void Set(MemoryBlockReference blockReference, object? value, Action<MemoryBlock>? configure = null) =>
        ExpressionExecutionContext.Set(blockReference, value, configure);

    /// <summary>Sets an output: in the variable or workflow output it is bound to, and in the register expressions read outputs from.</summary>
    public void Set<T>(
        Output<T>? output,
        T? value,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(output))] string? outputName = null) =>
        Set((Output?)output, value, outputName);

    /// <summary>Sets an output: in the variable or workflow output it is bound to, and in the register expressions read outputs from.</summary>
    public void Set(
        Output? output,
        object? value,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(output))] string? outputName = null) =>
        WorkflowExecutionContext.SetOutput(this, output, value, outputName);
}
