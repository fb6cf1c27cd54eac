using Elsa.Expressions.Models;
using Elsa.Extensions;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime.Descriptors;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>
/// The object <c>variables</c>: each variable in scope is copied in when the script first touches it, and copied back after the script succeeded
/// if it was changed. A variable that was set to <c>null</c> or <c>undefined</c>, or that is named like an input, keeps its value.
/// </summary>
internal sealed class VariablesObject : ObjectInstance
{
    private readonly ScriptRun _run;
    private readonly ExpressionExecutionContext _context;
    private readonly Dictionary<string, JsValue> _loaded = new(StringComparer.Ordinal);

    public VariablesObject(ScriptRun run, ExpressionExecutionContext context)
        : base(run.Engine)
    {
        _run = run;
        _context = context;
        Prototype = run.Engine.Object.PrototypeObject;
        Extensible = true;
    }

    public override PropertyDescriptor GetOwnProperty(string propertyName)
    {
        var property = base.GetOwnProperty(propertyName);
        return property == PropertyDescriptor.Undefined && Load(propertyName) ? base.GetOwnProperty(propertyName) : property;
    }

    public override bool HasOwnProperty(string p) => GetOwnProperty(p) != PropertyDescriptor.Undefined;

    public override IEnumerable<KeyValuePair<string, PropertyDescriptor>> GetOwnProperties()
    {
        foreach (var name in _context.GetVariableNamesInScope().ToArray())
            GetOwnProperty(name);
        return base.GetOwnProperties();
    }

    /// <summary>Copies back what the script changed.</summary>
    public void WriteBack()
    {
        foreach (var (name, property) in base.GetOwnProperties().ToArray())
        {
            var value = property.Value;
            if (value is null || value.IsNull() || value.IsUndefined() || IsInput(name))
                continue;
            if (!_loaded.TryGetValue(name, out var before))
                _context.SetVariableInScope(name, _run.Values.FromScript(value));
            else if (HasChanged(name, before, value, out var result))
                _context.SetVariableInScope(name, result);
        }
    }

    private bool Load(string name)
    {
        if (_context.GetVariable(name) is null)
            return false;
        var value = _run.Values.ToScript(_context.GetVariableInScope(name));
        _loaded[name] = value;
        FastAddProperty(name, value, true, true, true);
        return true;
    }

    // Objects and arrays are copies that the script can change inside, so they are compared by their JSON form.
    private bool HasChanged(string name, JsValue before, JsValue after, out object? result)
    {
        result = null;
        if (!after.IsObject())
        {
            if (before.Equals(after))
                return false;
            result = _run.Values.FromScript(after);
            return true;
        }

        result = _run.Values.FromScript(after);
        var original = _context.GetVariableInScope(name);
        return !ReferenceEquals(original, result)
            && (original is null || !ReferenceEquals(before, after) || JsonValues.ToJson(original) != JsonValues.ToJson(ToClr(original, result)));
    }

    // A number that came in as 5 comes out as 5.0; both are written the same once the original's type is restored.
    private static object? ToClr(object original, object? result) =>
        ValueConverter.Convert(result, original.GetType()) is { IsSuccess: true } conversion ? conversion.Value : result;

    private bool IsInput(string name) =>
        _context.TryGetWorkflowExecutionContext(out var workflow) && workflow.Workflow.Inputs.Any(input => input.Name == name);
}
